using Agents.Learning;

namespace Agents.Training.Loops;

/// <summary>A micro-batch of completions. The columns of old log-probabilities and corrections are filled by the pass that computes the first gradient.</summary>
/// <param name="Batch">What the model runs.</param>
/// <param name="Sampler">Log-probability of each target as the sampler drew it, [rows].</param>
internal sealed record PolicyMicroBatch(PackedBatch Batch, double[] Sampler)
{
    /// <summary>Returns whether another micro-batch asks for the same gradient: every number that goes in is the same.</summary>
    /// <param name="other">The other one.</param>
    public bool IsSame(PolicyMicroBatch other) =>
        Batch.TokenIds.AsSpan().SequenceEqual(other.Batch.TokenIds)
        && Batch.Targets.AsSpan().SequenceEqual(other.Batch.Targets)
        && Batch.Weights.AsSpan().SequenceEqual(other.Batch.Weights)
        && Batch.SequenceStarts.AsSpan().SequenceEqual(other.Batch.SequenceStarts)
        && Batch.Columns!.Advantage.AsSpan().SequenceEqual(other.Batch.Columns!.Advantage)
        && Batch.Columns.ReferenceLogProbability.AsSpan().SequenceEqual(other.Batch.Columns.ReferenceLogProbability)
        && Sampler.AsSpan().SequenceEqual(other.Sampler);
}
