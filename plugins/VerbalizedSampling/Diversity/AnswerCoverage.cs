using Agents.Verification;

namespace Agents.Plugins.VerbalizedSampling.Diversity;

/// <summary>Quality of several answers to a question with many right ones (papers/51 §2.6).</summary>
/// <param name="Coverage">Different right answers divided by all right answers (Coverage-N).</param>
/// <param name="Precision">Share of answers that are right; 0 without answers.</param>
public sealed record AnswerCoverage(double Coverage, double Precision)
{
    /// <summary>Measures.</summary>
    /// <param name="answers">The answers.</param>
    /// <param name="right">All right answers, at least one.</param>
    /// <param name="format">Compares answers.</param>
    public static AnswerCoverage Of(IReadOnlyList<string> answers, IReadOnlyList<string> right, IAnswerFormat format)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(format);
        if (right.Count == 0)
        {
            throw new ArgumentException("Coverage needs at least one right answer.", nameof(right));
        }

        int covered = right.Count(one => answers.Any(answer => format.Equivalent(answer, one)));
        int correct = answers.Count(answer => right.Any(one => format.Equivalent(answer, one)));
        return new AnswerCoverage((double)covered / right.Count, answers.Count == 0 ? 0 : (double)correct / answers.Count);
    }
}
