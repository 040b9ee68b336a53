namespace Agents.Learning;

/// <summary>Counts over the whole optimizer step, so that a loss over micro-batches equals the loss over the full batch.</summary>
/// <param name="TokenWeight">Sum of the weights of all target tokens of the step.</param>
/// <param name="Sequences">Number of sequences of the step.</param>
/// <param name="Units">Number of units (preference pairs, groups, …) that must not be split; equals the sequences where there are none.</param>
/// <param name="Progress">Share of the run that is done, in [0, 1].</param>
public readonly record struct LossContext(double TokenWeight, int Sequences, int Units, double Progress)
{
    /// <summary>Gets a scalar that all micro-batches of the step share and that carries no gradient, such as the reference point of KTO. Default 0.</summary>
    public double ReferencePoint { get; init; }
}
