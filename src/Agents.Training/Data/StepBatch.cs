using System.Collections.Immutable;
using Agents.Learning;

namespace Agents.Training.Data;

/// <summary>All data of one optimizer step.</summary>
/// <param name="Batches">Micro-batches whose gradients are added.</param>
/// <param name="Position">Data position before the step.</param>
/// <param name="NextPosition">Data position after the step: what a checkpoint stores.</param>
/// <param name="Rows">Rows of all micro-batches.</param>
/// <param name="TokenWeight">Sum of the weights of all targets.</param>
/// <param name="Sequences">Number of sequences.</param>
/// <param name="CutTokens">Tokens left out because their sequence was too long.</param>
public sealed record StepBatch(
    ImmutableArray<PackedBatch> Batches, long Position, long NextPosition, int Rows, double TokenWeight, int Sequences, int CutTokens)
{
    /// <summary>Gets the number of units (preference pairs, groups) that must not be split. Default the sequences.</summary>
    public int Units { get; init; } = Sequences;

    /// <summary>Gets the scalar of <see cref="LossContext.ReferencePoint"/>. Default 0.</summary>
    public double ReferencePoint { get; init; }

    /// <summary>Returns the counts a loss divides by.</summary>
    /// <param name="progress">Share of the run that is done.</param>
    public LossContext Context(double progress) => new(TokenWeight, Sequences, Units, progress) { ReferencePoint = ReferencePoint };
}
