using Agents.Evaluation;

namespace Agents.Benchmarks.Experiments;

/// <summary>Makes sure that no held-out question was trained on.</summary>
internal static class Disjointness
{
    /// <summary>Compares questions without regard to case and white space.</summary>
    /// <param name="training">Questions that are trained on.</param>
    /// <param name="heldOut">Questions that are reported on.</param>
    /// <returns>How many different questions of each kind were compared.</returns>
    /// <exception cref="EvaluationException">A question is in both; the message shows it.</exception>
    public static (int Training, int HeldOut) Require(IEnumerable<string> training, IEnumerable<string> heldOut)
    {
        HashSet<string> known = [.. heldOut.Select(Canonical)];
        HashSet<string> seen = [];
        foreach (string question in training)
        {
            if (seen.Add(Canonical(question)) && known.Contains(Canonical(question)))
            {
                throw new EvaluationException($"The question '{question}' is trained on and reported on. Draw training questions from the training split.");
            }
        }

        return (seen.Count, known.Count);
    }

    private static string Canonical(string question) => string.Join(' ', question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant();
}
