namespace Agents.Training.Adapters;

/// <summary>One thing that a run holds in memory.</summary>
/// <param name="Name">Short name.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Purpose">What it is for, and what decides its size.</param>
public sealed record MemoryLedgerEntry(string Name, long Bytes, string Purpose);
