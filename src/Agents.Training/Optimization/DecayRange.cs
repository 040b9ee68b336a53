namespace Agents.Training.Optimization;

/// <summary>Some consecutive parameters of the flat array that share a decay.</summary>
/// <param name="Offset">First parameter.</param>
/// <param name="Count">Number of parameters, gaps between tensors included.</param>
/// <param name="Decays">Whether weight decay applies.</param>
public readonly record struct DecayRange(long Offset, long Count, bool Decays);
