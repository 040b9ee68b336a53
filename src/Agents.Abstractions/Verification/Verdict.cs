namespace Agents.Verification;

/// <summary>Result of a verification. "Could not be judged" (nulls) differs from "judged wrong".</summary>
/// <param name="Correct">Whether the response is right; null when it could not be judged.</param>
/// <param name="Score">Quality in [0, 1]; null when it could not be judged.</param>
public sealed record Verdict(bool? Correct, double? Score)
{
    /// <summary>Gets the verdict of a verifier that cannot judge the response.</summary>
    public static Verdict NotJudgeable { get; } = new(null, null);

    /// <summary>Gets whether the policy produced nothing that could be an answer. Such a response is wrong, takes the lowest score and casts no vote.</summary>
    public bool Invalid { get; init; }

    /// <summary>Gets named components of the score, each in [0, 1].</summary>
    public IReadOnlyDictionary<string, double> Components { get; init; } = new Dictionary<string, double>();

    /// <summary>Gets one sentence that explains the verdict; null when there is nothing to say.</summary>
    public string? Explanation { get; init; }

    /// <summary>Creates a plain verdict: score 1 or 0.</summary>
    /// <param name="correct">Whether the response is right.</param>
    public static Verdict Of(bool correct) => new(correct, correct ? 1 : 0);
}
