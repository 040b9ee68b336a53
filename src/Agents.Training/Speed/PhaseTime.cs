namespace Agents.Training.Speed;

/// <summary>Share of one phase in a step.</summary>
/// <param name="Name">The <see cref="StepPhase"/>, in small letters.</param>
/// <param name="Seconds">Seconds per step, averaged over the measured steps.</param>
public sealed record PhaseTime(string Name, double Seconds);
