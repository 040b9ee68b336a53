using System.Globalization;
using Agents.Testing;

namespace Agents.Plugins.TestTimeImprovement.Tests;

/// <summary>Scripted models: what a generator writes, and what is answered.</summary>
internal static class ImprovementScript
{
    /// <summary>What every prompt of a generator has.</summary>
    public const string Variant = "It only shows what kind of task is wanted";

    /// <summary>A pair that keeps the form of an open question.</summary>
    public const string Pair = """{"question": "What is two times five?", "answer": "2*5=10\nAnswer: 10"}""";

    /// <summary>Everything is drawn; one answer in two disagrees with the others.</summary>
    public static ScriptedChatClient Drawing() => new ScriptedChatClient()
        .On(Variant, (_, stream) => string.Create(CultureInfo.InvariantCulture, $$"""{"question": "What is {{stream.NextInt(1000)}} times {{stream.NextInt(1000)}}?", "answer": "So be it. Answer: {{stream.NextInt(8)}}"}"""))
        .On("", (_, stream) => string.Create(CultureInfo.InvariantCulture, $"So be it. Answer: {stream.NextInt(8)}"));
}
