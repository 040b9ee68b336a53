using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Malt.Tests;

/// <summary>Scripted roles, recognized by what their prompts ask for.</summary>
internal static class MaltScript
{
    public const string Verify = "Verify this solution.";
    public const string Refine = "Write a corrected, complete solution";

    /// <summary>
    /// papers/33 §5, vector 5: G is right with a chance; V flags wrong solutions and passes right ones with chances; R keeps what was passed, fixes a flagged wrong solution and breaks a
    /// flagged right one with chances.
    /// </summary>
    public static ScriptedChatClient Roles(double right, double flag, double pass, double fix, double breaks) => new ScriptedChatClient()
        .On(Refine, (messages, stream) =>
        {
            bool good = Solution(messages) == "R";
            bool flagged = messages[^1].Text.Contains("It is wrong.", StringComparison.Ordinal);
            return Line(!flagged ? good : good ? stream.NextUnit() >= breaks : stream.NextUnit() < fix);
        })
        .On(Verify, (messages, stream) => stream.NextUnit() < (Solution(messages) == "R" ? pass : 1 - flag) ? "It is right." : "It is wrong.")
        .On("", (_, stream) => Line(stream.NextUnit() < right));

    /// <summary>Roles that draw everything, with a final answer in each text of generator and refiner.</summary>
    public static ScriptedChatClient Drawing() => new ScriptedChatClient()
        .On(Refine, (_, stream) => $"So it is. Answer: {stream.NextInt(20)}")
        .On(Verify, (_, stream) => $"Step {stream.NextInt(20)} is doubtful. Answer: {stream.NextInt(20)}")
        .On("", (_, stream) => $"It may be. Answer: {stream.NextInt(20)}");

    private static string Line(bool good) => good ? "Answer: R" : "Answer: W";

    private static string Solution(IReadOnlyList<ChatMessage> messages)
    {
        string text = messages[^1].Text;
        int at = text.IndexOf("Proposed solution:\nAnswer: ", StringComparison.Ordinal);
        return text.Substring(at + "Proposed solution:\nAnswer: ".Length, 1);
    }
}
