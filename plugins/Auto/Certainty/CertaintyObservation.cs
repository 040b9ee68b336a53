namespace Agents.Plugins.Auto.Certainty;

/// <summary>One question of a calibration set, answered by the first rung.</summary>
/// <param name="Certainty">Margin or agreement of the answer.</param>
/// <param name="Correct">Whether the answer was right.</param>
public readonly record struct CertaintyObservation(double Certainty, bool Correct);
