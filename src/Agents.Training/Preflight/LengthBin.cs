namespace Agents.Training.Preflight;

/// <summary>One bin of a histogram of lengths.</summary>
/// <param name="Limit">Longest sequence in it, a power of two; the shortest is one longer than half of it.</param>
/// <param name="Count">How many sequences.</param>
public readonly record struct LengthBin(int Limit, int Count);
