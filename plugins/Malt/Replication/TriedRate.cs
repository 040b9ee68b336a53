namespace Agents.Plugins.Malt.Replication;

/// <summary>A learning rate of DPO and what it gave on the validation split.</summary>
/// <param name="Rate">The rate.</param>
/// <param name="Accuracy">Accuracy of the whole method.</param>
internal sealed record TriedRate(double Rate, double Accuracy);
