using System.Globalization;

namespace Agents.Reasoning;

/// <summary>
/// A discrete distribution over answers, as verbalized sampling (arXiv 2510.01171) elicits it: for strategies and curators that want several answers to choose from.
/// A strategy offers it under <see cref="DetailName"/> in the details of its answer, where <see cref="Of"/> finds it.
/// </summary>
/// <param name="Items">The answers, the heaviest first, equal ones in order of appearance; never empty.</param>
public sealed record WeightedCandidates(IReadOnlyList<WeightedCandidate> Items)
{
    /// <summary>Name under which the details of an answer hold the candidates.</summary>
    public const string DetailName = "weightedCandidates";

    /// <summary>Gets how many candidates came without a weight. Where that is all of them, the model gave a plain list.</summary>
    public int Missing => Count(WeightRepairs.Missing);

    /// <summary>Gets how many weights had to be repaired, missing ones included.</summary>
    public int Repaired => Count((WeightRepairs)~0);

    /// <summary>Returns the candidates of an answer; null when its strategy offers none.</summary>
    /// <param name="answer">An answer.</param>
    public static WeightedCandidates? Of(ReasoningAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return answer.Details.TryGetValue(DetailName, out object? value) ? value as WeightedCandidates : null;
    }

    /// <summary>Draws a candidate in proportion to its weight.</summary>
    /// <param name="random">One number is drawn.</param>
    public WeightedCandidate Draw(ref SampleStream random)
    {
        double at = random.NextUnit();
        for (int i = 0; i < Items.Count; i++)
        {
            at -= Items[i].Weight;
            if (at < 0)
            {
                return Items[i];
            }
        }

        // Rounding can leave a sum just below 1.
        return Items.Last(item => item.Weight > 0 || Items.All(other => other.Weight <= 0));
    }

    /// <summary>Returns the list for people: weight and text, separated by semicolons.</summary>
    public override string ToString() => string.Join("; ", Items.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Weight:0.00} {item.Text}")));

    private int Count(WeightRepairs any)
    {
        int count = 0;
        for (int i = 0; i < Items.Count; i++)
        {
            count += (Items[i].Repairs & any) != 0 ? 1 : 0;
        }

        return count;
    }
}
