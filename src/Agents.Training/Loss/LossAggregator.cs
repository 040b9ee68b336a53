using System.Globalization;
using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>Turns per-token losses into this micro-batch's share of the step's loss. Counts come from the whole step, so micro-batches add up.</summary>
/// <param name="Kind">How tokens and sequences are averaged.</param>
/// <param name="MaximumLength">Longest allowed completion; only for <see cref="LossAggregation.ConstantLength"/>.</param>
public sealed record LossAggregator(LossAggregation Kind, int MaximumLength = 0)
{
    /// <summary>Gets the settings as they appear in a checkpoint's identity.</summary>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"{Kind} {MaximumLength}");

    /// <summary>Gets whether the factor depends on the tokens of the whole step.</summary>
    public bool ReadsTokenWeight => Kind == LossAggregation.TokenMean;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">The longest completion is missing where it is needed.</exception>
    public void Validate()
    {
        if (Kind == LossAggregation.ConstantLength && MaximumLength <= 0)
        {
            throw new ArgumentException($"{nameof(LossAggregation.ConstantLength)} divides by the longest allowed completion; {MaximumLength} must be positive.");
        }
    }

    /// <summary>Returns the factor of one sequence: a token contributes weight · factor · loss.</summary>
    /// <param name="tokenWeight">Sum of the weights of the sequence's tokens.</param>
    /// <param name="context">Counts of the whole step; sequences without any target are not counted.</param>
    /// <exception cref="ArgumentException">The step has no targets.</exception>
    public double Factor(double tokenWeight, in LossContext context)
    {
        double count = Kind == LossAggregation.TokenMean ? context.TokenWeight : context.Sequences;
        if (!(count > 0))
        {
            throw new ArgumentException($"The step has {count} {(Kind == LossAggregation.TokenMean ? "token weight" : "sequences")} to average over; it needs at least one target.", nameof(context));
        }

        return Kind switch
        {
            LossAggregation.TokenMean or LossAggregation.SequenceMeanTokenSum => 1 / count,
            LossAggregation.SequenceMeanTokenMean => tokenWeight > 0 ? 1 / (count * tokenWeight) : 0,
            LossAggregation.ConstantLength => 1 / (count * MaximumLength),
            _ => throw new ArgumentException($"Unknown aggregation {Kind}."),
        };
    }
}
