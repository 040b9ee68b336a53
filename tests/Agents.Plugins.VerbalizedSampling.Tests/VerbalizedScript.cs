using System.Globalization;
using Agents.Testing;

namespace Agents.Plugins.VerbalizedSampling.Tests;

/// <summary>Scripted lists.</summary>
internal static class VerbalizedScript
{
    /// <summary>Answers every prompt with lists in turn.</summary>
    public static ScriptedChatClient Lists(params IReadOnlyList<string> replies)
    {
        int next = -1;
        return new ScriptedChatClient().On("", (_, _) => replies[Interlocked.Increment(ref next) % replies.Count]);
    }

    /// <summary>A list in JSON.</summary>
    public static string Json(params (string Text, double Weight)[] answers) =>
        "{\"responses\":[" + string.Join(',', answers.Select(answer => string.Create(CultureInfo.InvariantCulture, $"{{\"text\":\"{answer.Text}\",\"probability\":{answer.Weight}}}"))) + "]}";

    /// <summary>Lists of five drawn answers, as a model that keeps to the format would write them.</summary>
    public static ScriptedChatClient Drawing() => new ScriptedChatClient().On("", (_, stream) =>
        Json([.. Enumerable.Range(0, 5).Select(i => ($"Answer: {stream.NextInt(90)}", Math.Round(stream.NextUnit(), 3)))]));
}
