namespace Agents.Training.Tests.Oracles;

/// <summary>Tests that share one start of the script.</summary>
[CollectionDefinition(nameof(PyTorchCases))]
public sealed class PyTorchCases : ICollectionFixture<LossOracle>;
