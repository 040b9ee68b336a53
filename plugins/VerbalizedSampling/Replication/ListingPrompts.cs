using System.Globalization;
using Agents.Plugins.VerbalizedSampling.Prompting;
using Agents.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>The three levels at which an answer is asked for (papers/51 §2.2): one instance, a list, a distribution.</summary>
internal static class ListingPrompts
{
    private const int MaximumWeightDecimals = 2;

    /// <summary>Asks for one answer.</summary>
    /// <param name="item">The question.</param>
    public static IReadOnlyList<ChatMessage> Instance(ExperimentItem item) => User(item.Question);

    /// <summary>Asks for an enumeration: in the corpus its answers are distinct and equally likely, however frequent they are.</summary>
    /// <param name="item">The question.</param>
    public static IReadOnlyList<ChatMessage> Enumeration(ExperimentItem item) => User(string.Create(CultureInfo.InvariantCulture, $"{item.Question}\nname {ListingScale.ListLength}"));

    /// <summary>Asks for typical answers: in the corpus they are drawn without replacement by their frequency. The harder baseline.</summary>
    /// <param name="item">The question.</param>
    public static IReadOnlyList<ChatMessage> Typical(ExperimentItem item) => User(string.Create(CultureInfo.InvariantCulture, $"{item.Question}\ngive {ListingScale.ListLength}"));

    /// <summary>Asks for answers with probabilities, exactly as the strategy does.</summary>
    /// <param name="laboratory">Renders the prompt.</param>
    /// <param name="item">The question.</param>
    /// <param name="tail">Tail threshold; null for none.</param>
    public static IReadOnlyList<ChatMessage> Verbalized(ILaboratory laboratory, ExperimentItem item, double? tail) =>
        laboratory.Prompt(ListRequest.First, ListRequest.Variables(item.Question, Settings(tail), ListingScale.ListLength, structured: false));

    /// <summary>Returns the settings of the strategy.</summary>
    /// <param name="tail">Tail threshold; null for none.</param>
    public static VerbalizedSamplingSettings Settings(double? tail) =>
        new(Candidates: ListingScale.ListLength, PromptTailMax: tail, Select: Weights.SelectionMode.All, Structured: false, Retries: 0);

    /// <summary>Writes the complete response that gives one answer to an item.</summary>
    /// <param name="item">The item; its solution ends with its own answer.</param>
    /// <param name="answer">The answer.</param>
    public static string Response(ExperimentItem item, string answer) => string.Concat(item.Solution.AsSpan(0, item.Solution.Length - item.Answer.Length), answer);

    /// <summary>Writes a line of a weighted list.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="probability">Its probability.</param>
    public static string Line(string answer, double probability) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(probability, Math.Pow(10, -MaximumWeightDecimals)):0.00} {answer}");

    private static IReadOnlyList<ChatMessage> User(string text) => [new ChatMessage(ChatRole.User, text)];
}
