using System.Globalization;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Sift.Tests;

/// <summary>Scripted operations, recognized by what their prompts ask for.</summary>
internal static class SiftScript
{
    public const string Write = "smallest given facts";
    public const string Correct = "Compare this with the question";
    public const string Invert = "a question that is not shown";
    public const string Solve = "Reason step by step";

    public const string Sticker = "**Conditions:**\n1. Three rows.\n2. Four in each.\n\n**Question:**\nHow many in all?";

    /// <summary>Answers of sticker alone, question with sticker, and plain question; each is asked once per call.</summary>
    public static ScriptedChatClient Views(Func<SampleStream, string> sticker, Func<SampleStream, string> both, Func<SampleStream, string> question) => new ScriptedChatClient()
        .On(Write, new ScriptedAnswer(Sticker))
        .On(Correct, new ScriptedAnswer(Sticker))
        .On(Invert, new ScriptedAnswer(Sticker))
        .On(messages => IsSolving(messages) && !HasQuestion(messages), (_, stream) => $"Answer: {sticker(stream)}")
        .On(messages => IsSolving(messages), (_, stream) => $"Answer: {both(stream)}")
        .On("", (_, stream) => $"Answer: {question(stream)}");

    /// <summary>Views that give these answers in turn, the last one again and again; a minus is an answer that is missing.</summary>
    public static ScriptedChatClient InTurn(string[] sticker, string[] both, string question)
    {
        int s = -1;
        int b = -1;
        return Views(_ => Next(sticker, ref s), _ => Next(both, ref b), _ => question);

        static string Next(string[] answers, ref int at) => answers[Math.Min(Interlocked.Increment(ref at), answers.Length - 1)];
    }

    /// <summary>papers/49 §5 (B): independent views with chances of being right (R), wrong answers uniform over nine values.</summary>
    public static ScriptedChatClient Independent(double sticker, double both, double question) =>
        Views(stream => Draw(ref stream, sticker), stream => Draw(ref stream, both), stream => Draw(ref stream, question));

    /// <summary>Everything is drawn.</summary>
    public static ScriptedChatClient Drawing() => new ScriptedChatClient()
        .On(Write, (_, stream) => Draws(ref stream))
        .On(Correct, (_, stream) => Draws(ref stream))
        .On(Invert, (_, stream) => Draws(ref stream))
        .On("", (_, stream) => $"So be it. Answer: {stream.NextInt(8)}");

    public static bool HasQuestion(IReadOnlyList<ChatMessage> messages) => messages.Any(message => message.Text.Contains(PluginBench.Task.Question, StringComparison.Ordinal));

    private static bool IsSolving(IReadOnlyList<ChatMessage> messages) => messages[^1].Text.Contains(Solve, StringComparison.Ordinal);

    private static string Draws(ref SampleStream stream) => string.Create(CultureInfo.InvariantCulture, $"```\n**Conditions:**\n1. Row of {stream.NextInt(90)}.\n\n**Question:**\nHow many?\n```");

    private static string Draw(ref SampleStream stream, double right) =>
        stream.NextUnit() < right ? "R" : string.Create(CultureInfo.InvariantCulture, $"W{stream.NextInt(9)}");
}
