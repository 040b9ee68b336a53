namespace Agents.Verification;

/// <summary>How final answers are found and compared: extract, canonicalize, equivalent. A missing answer is equivalent to nothing, not even to another missing one.</summary>
public interface IAnswerFormat
{
    /// <summary>Finds the final answer in a response.</summary>
    /// <param name="response">The whole response.</param>
    /// <returns>The answer as written, or null when the response has none.</returns>
    string? Extract(string response);

    /// <summary>Brings an answer into the form in which equal answers are equal strings.</summary>
    /// <param name="answer">An extracted answer.</param>
    string Canonicalize(string answer);

    /// <summary>Returns whether two extracted answers mean the same; false when either is missing.</summary>
    /// <param name="left">An extracted answer, or null.</param>
    /// <param name="right">An extracted answer, or null.</param>
    bool Equivalent(string? left, string? right);
}
