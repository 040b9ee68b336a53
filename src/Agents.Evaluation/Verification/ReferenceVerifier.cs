using Agents.Verification;

namespace Agents.Evaluation.Verification;

/// <summary>
/// Compares the final answer with the reference of the request; where several answers are right, with the request's members; where it
/// is a program, by running the request's tests. One verifier serves all families and question files, because requests carry what is right.
/// </summary>
/// <remarks>
/// Score: share of slots that are right, over the larger of the expected and the given number of slots. Components: <c>answer</c>
/// (1 when all is right), <c>slots</c> (the score), <c>format</c> (1 when a marked answer was found, 0.5 when it was guessed).
/// Of a program, slots are tests, and components are <c>answer</c>, <c>tests</c> and <c>format</c> (1 when it parses).
/// No reference means not judgeable; no answer means wrong and invalid.
/// </remarks>
public sealed class ReferenceVerifier : IVerifier
{
    private readonly AnswerFormat _format;

    /// <summary>Creates the verifier.</summary>
    /// <param name="format">How answers are found and compared, or null for the default.</param>
    public ReferenceVerifier(AnswerFormat? format = null)
    {
        _format = format ?? AnswerFormat.Default;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Judge(request));
    }

    /// <summary>Judges at once: nothing here waits.</summary>
    /// <param name="request">What was asked and what came back.</param>
    public Verdict Judge(VerificationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (string.IsNullOrWhiteSpace(request.Reference))
        {
            return Verdict.NotJudgeable;
        }

        if (request.Tests.Count > 0)
        {
            return ProgramJudge.Judge(request);
        }

        ExtractedAnswer? answer = _format.Find(request.Response);
        if (answer is null)
        {
            return new Verdict(false, 0)
            {
                Invalid = true,
                Components = Components(0, 0, 0),
                Explanation = "The response has no final answer.",
            };
        }

        IReadOnlyList<string> expected = _format.Slots(request.Reference);
        IReadOnlyList<string> given = _format.Slots(answer.Text);
        int right = request.Members.Count > 0 ? CountMembers(request.Members, given) : CountMatches(expected, given);
        double score = Math.Min(right, expected.Count) / (double)Math.Max(expected.Count, given.Count);
        bool correct = right == expected.Count && given.Count == expected.Count
            && (request.Members.Count > 0 || _format.Equivalent(answer.Text, request.Reference));
        return new Verdict(correct, score)
        {
            Components = Components(correct ? 1 : 0, score, answer.Source == AnswerSource.LastNumber ? 0.5 : 1),
            Explanation = correct ? $"'{answer.Text}' is right." : $"'{answer.Text}' has {right} of {expected.Count} slots of '{request.Reference}' right.",
        };
    }

    private static Dictionary<string, double> Components(double answer, double slots, double format) => new()
    {
        ["answer"] = answer,
        ["slots"] = slots,
        ["format"] = format,
    };

    private static int CountMatches(IReadOnlyList<string> expected, IReadOnlyList<string> given)
    {
        int right = 0;
        for (int i = 0; i < Math.Min(expected.Count, given.Count); i++)
        {
            right += expected[i] == given[i] ? 1 : 0;
        }

        return right;
    }

    private int CountMembers(IReadOnlyList<string> members, IReadOnlyList<string> given)
    {
        HashSet<string> left = [.. members.Select(_format.Canonicalize)];
        return given.Count(left.Remove);
    }
}
