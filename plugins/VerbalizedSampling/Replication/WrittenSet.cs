using Agents.Plugins.VerbalizedSampling.Diversity;
using Agents.Replication;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>What a method wrote and what of it can be learned from.</summary>
internal sealed class WrittenSet
{
    /// <summary>Added to the count of every type, so that a type which never came has a logarithm.</summary>
    private const double PseudoCount = 0.5;

    private readonly int[] _written = new int[SynthesisScale.Types];
    private readonly int[] _left = new int[SynthesisScale.Types];

    /// <summary>Sorts what was written.</summary>
    /// <param name="laboratory">Solves problems.</param>
    /// <param name="typeOf">Returns the rank of a type by the facts of a problem.</param>
    /// <param name="texts">Everything that was written, in order.</param>
    public WrittenSet(ILaboratory laboratory, Func<IReadOnlyList<string>, int> typeOf, IReadOnlyList<string> texts)
    {
        Texts = texts.Count;
        List<WrittenProblem> left = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (WrittenProblem problem in texts.Select(text => laboratory.Solve(SynthesisScale.Family, text)).OfType<WrittenProblem>())
        {
            Valid++;
            _written[typeOf(problem.Facts)]++;
            if (problem.Split != ExperimentSplit.Train)
            {
                HeldOut++;
            }
            else if (seen.Add(problem.Question))
            {
                left.Add(problem);
                _left[typeOf(problem.Facts)]++;
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
    public int TypesLeft => _left.Count(count => count > 0);

    /// <summary>Gets the share of each type in all valid problems, smoothed.</summary>
    public IReadOnlyList<double> Shares => [.. _written.Select(count => (count + PseudoCount) / (Valid + (PseudoCount * SynthesisScale.Types)))];

    /// <summary>Gets the entropy of the types of what is left, in nats; at most ln 12.</summary>
    public double Entropy => Left.Count == 0 ? 0 : Distributions.Entropy([.. _left.Where(count => count > 0).Select(count => count / (double)Left.Count)]);

    /// <summary>Returns the number of problems of a type that are left.</summary>
    /// <param name="type">Rank of the type, from 0.</param>
    public int CountLeft(int type) => _left[type];
}
