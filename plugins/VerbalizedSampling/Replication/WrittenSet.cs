using Agents.Plugins.VerbalizedSampling.Diversity;
using Agents.Replication;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>What a method wrote and what of it can be learned from.</summary>
internal sealed class WrittenSet
{
    /// <summary>Added to the count of every type, so that a type which never came has a logarithm.</summary>
    private const double PseudoCount = 0.5;

    private readonly int[] _types = new int[SynthesisScale.Types];

    /// <summary>Sorts what was written.</summary>
    /// <param name="laboratory">Solves problems.</param>
    /// <param name="texts">Everything that was written, in order.</param>
    public WrittenSet(ILaboratory laboratory, IReadOnlyList<string> texts)
    {
        Texts = texts.Count;
        List<WrittenProblem> left = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            if (laboratory.Solve(SynthesisScale.Family, text) is not { } problem)
            {
                continue;
            }

            Valid++;
            _types[problem.Difficulty - 1]++;
            if (problem.Split != ExperimentSplit.Train)
            {
                HeldOut++;
            }
            else if (seen.Add(text))
            {
                left.Add(problem);
            }
        }

        Left = left;
    }

    /// <summary>Gets how many texts were written.</summary>
    public int Texts { get; }

    /// <summary>Gets how many of them are problems of the family.</summary>
    public int Valid { get; }

    /// <summary>Gets how many of those were dropped because their content belongs to a held-out split.</summary>
    public int HeldOut { get; }

    /// <summary>Gets the different problems that are left to learn from.</summary>
    public IReadOnlyList<WrittenProblem> Left { get; }

    /// <summary>Gets the number of types that are left to learn from.</summary>
    public int TypesLeft => Left.Select(problem => problem.Difficulty).Distinct().Count();

    /// <summary>Gets the share of each type in all valid problems, smoothed.</summary>
    public IReadOnlyList<double> Shares => [.. _types.Select(count => (count + PseudoCount) / (Valid + (PseudoCount * SynthesisScale.Types)))];

    /// <summary>Gets the entropy of the types of what is left, in nats; at most ln 8.</summary>
    public double Entropy => Left.Count == 0 ? 0 : Distributions.Entropy([.. Left.GroupBy(problem => problem.Difficulty).Select(group => group.Count() / (double)Left.Count)]);

    /// <summary>Returns the share of a type in what is left.</summary>
    /// <param name="type">Type from 1.</param>
    public double ShareLeft(int type) => Left.Count == 0 ? 0 : Left.Count(problem => problem.Difficulty == type) / (double)Left.Count;
}
