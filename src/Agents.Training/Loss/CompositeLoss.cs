using System.Collections.Immutable;
using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>A sum of objectives: a policy loss with its auxiliary terms.</summary>
/// <param name="id">Stable id of the sum in logs.</param>
/// <param name="parts">The terms, with their coefficients inside.</param>
public sealed class CompositeLoss(string id, ImmutableArray<ITokenLoss> parts) : ITokenLoss
{
    /// <inheritdoc/>
    public string Id { get; } = id;

    /// <inheritdoc/>
    public string Settings => $"{Id} [{string.Join(" + ", Parts.Select(part => part.Settings))}]";

    /// <inheritdoc/>
    public bool ReadsTokenWeight => Parts.Any(part => part.ReadsTokenWeight);

    /// <inheritdoc/>
    public bool IsZeroWithoutAdvantage => Parts.All(part => part.IsZeroWithoutAdvantage);

    /// <summary>Gets the terms.</summary>
    public ImmutableArray<ITokenLoss> Parts { get; } = parts;

    /// <inheritdoc/>
    public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
    {
        double sum = 0;
        foreach (ITokenLoss part in Parts)
        {
            sum += part.Evaluate(inputs, context, gradients);
        }

        return sum;
    }
}
