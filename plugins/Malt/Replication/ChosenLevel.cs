namespace Agents.Plugins.Malt.Replication;

/// <summary>The level that the check runs at, chosen on validation questions.</summary>
/// <param name="Level">The level.</param>
/// <param name="Accuracies">Accuracy of single answers by level, in the order of <see cref="TreeScale.Levels"/>.</param>
internal sealed record ChosenLevel(int Level, IReadOnlyList<double> Accuracies);
