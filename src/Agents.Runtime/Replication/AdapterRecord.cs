namespace Agents.Runtime.Replication;

/// <summary>What a finished training left beside its adapter; its presence says that the adapter is complete.</summary>
/// <param name="Key">Hash of all inputs.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Tokens">Tokens trained on.</param>
/// <param name="FirstLoss">Loss of the first step.</param>
/// <param name="LastLoss">Loss of the last step.</param>
internal sealed record AdapterRecord(string Key, int Steps, long Tokens, double FirstLoss, double LastLoss)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "adapter.json";
}
