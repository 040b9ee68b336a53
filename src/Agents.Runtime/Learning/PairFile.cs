using System.Collections.Immutable;
using System.Text.Json;
using Agents.Models.Files;
using Agents.Models.Templates;
using Agents.Models.Tokenization;
using Agents.Training.Data;
using Agents.Training.Experience;

namespace Agents.Runtime.Learning;

/// <summary>Preference pairs as JSON lines: <c>{"prompt", "chosen", "rejected"}</c> as texts, and for sampled pairs their token ids besides, which are what is learned.</summary>
internal static class PairFile
{
    private const int MaximumDepth = 16;

    /// <summary>Builds right/wrong pairs from judged answers and writes them. A chosen answer is right and complete; pairs of a question never repeat.</summary>
    /// <param name="path">The file.</param>
    /// <param name="groups">Judged answers.</param>
    /// <param name="settings">Limits.</param>
    /// <param name="tokenizer">Turns answers into text, for people.</param>
    /// <returns>The number of pairs.</returns>
    /// <exception cref="RecipeException">There is not a single pair.</exception>
    public static int Write(string path, ImmutableArray<ExperienceGroup> groups, PreferenceSettings settings, VocabularyTokenizer tokenizer)
    {
        SamplingSettings sampling = settings.Sampling!;
        int count = 0;
        using AtomicFile file = new(path);
        foreach (ExperienceGroup group in groups)
        {
            AnswerSet answers = new(group);
            if (!answers.IsUsed(sampling) || answers.Wrong.Length == 0)
            {
                continue;
            }

            // Numbers of both lists advance together, so that a pair is new as long as either list has something new.
            for (int i = 0; i < Math.Min(settings.PairsPerQuestion, answers.Right.Length == 0 ? 0 : Math.Max(answers.Right.Length, answers.Wrong.Length)); i++)
            {
                Write(file.Stream, group.PromptId, answers.Right[i % answers.Right.Length], answers.Wrong[i % answers.Wrong.Length], tokenizer);
                count++;
            }
        }

        if (count == 0)
        {
            throw new RecipeException($"No pair of a right and a wrong answer came out of {AnswerSet.Describe(groups)}. Sample more answers per question, choose questions of middle difficulty, or widen 'passRate'.");
        }

        file.Commit();
        return count;
    }

    /// <summary>Reads pairs that a stage wrote.</summary>
    /// <param name="path">The file.</param>
    public static ImmutableArray<PreferenceExample> ReadTokens(string path) => Read(path, root => PreferenceExample.Pair(Ids(root, "promptTokens"), Ids(root, "chosenTokens"), Ids(root, "rejectedTokens")));

    /// <summary>Reads pairs of a user: texts, or sampled pairs of <c>agents data build</c>, whose token ids are learned when they are of this tokenizer.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Renders conversations.</param>
    /// <param name="tokenizer">Encodes them.</param>
    /// <exception cref="RecipeException">The file is missing or empty, or a line is malformed; the line is named.</exception>
    public static ImmutableArray<PreferenceExample> ReadTexts(string path, TrainingText text, VocabularyTokenizer tokenizer) => Read(path, root =>
    {
        if (root.TryGetProperty("tokenizer", out JsonElement recorded) && recorded.GetString() == tokenizer.Fingerprint)
        {
            return Known(tokenizer.VocabularySize, Ids(root, "promptTokens"), Ids(root, "chosenTokens"), Ids(root, "rejectedTokens"));
        }

        ChatTurn[] question = Prompt(root);
        (int[] prompt, int[] chosen) = text.Split([.. question, new ChatTurn(TurnRoles.Assistant, Filled(root, "chosen"))], tokenizer);
        (_, int[] rejected) = text.Split([.. question, new ChatTurn(TurnRoles.Assistant, Filled(root, "rejected"))], tokenizer);
        return chosen.AsSpan().SequenceEqual(rejected) ? throw new FormatException("'chosen' and 'rejected' are the same.") : PreferenceExample.Pair(prompt, chosen, rejected);
    });

    private static ChatTurn[] Prompt(JsonElement root) => root.TryGetProperty("messages", out JsonElement messages)
        ? [.. messages.EnumerateArray().Select(message => new ChatTurn(Filled(message, "role"), message.GetProperty("content").GetString() ?? ""))]
        : [new ChatTurn(TurnRoles.User, Filled(root, "prompt"))];

    private static PreferenceExample Known(int vocabulary, int[] prompt, int[] chosen, int[] rejected)
    {
        foreach (int[] ids in (int[][])[prompt, chosen, rejected])
        {
            if (ids.AsSpan().IndexOfAnyExceptInRange(0, vocabulary - 1) is >= 0 and var at)
            {
                throw new FormatException($"The token {ids[at]} is none of the tokenizer's {vocabulary}.");
            }
        }

        return PreferenceExample.Pair(prompt, chosen, rejected);
    }

    private static ImmutableArray<PreferenceExample> Read(string path, Func<JsonElement, PreferenceExample> parse)
    {
        if (!File.Exists(path))
        {
            throw new RecipeException($"There is no pair file '{path}'. Correct 'preference.file' in the recipe; each line is {{\"prompt\": ..., \"chosen\": ..., \"rejected\": ...}}.");
        }

        var pairs = ImmutableArray.CreateBuilder<PreferenceExample>();
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using JsonDocument document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = MaximumDepth });
                pairs.Add(parse(document.RootElement));
            }
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
            {
                throw new RecipeException($"'{path}', line {number}: no pair ({error.Message}) Expected {{\"prompt\": ..., \"chosen\": ..., \"rejected\": ...}} with three different texts.", error);
            }
        }

        return pairs.Count > 0 ? pairs.ToImmutable() : throw new RecipeException($"'{path}' has no pairs; each line is {{\"prompt\": ..., \"chosen\": ..., \"rejected\": ...}}.");
    }

    private static void Write(Stream stream, string id, ExperienceRow chosen, ExperienceRow rejected, VocabularyTokenizer tokenizer)
    {
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("prompt", tokenizer.Decode(chosen.PromptTokenIds, skipSpecial: true));
            json.WriteString("chosen", tokenizer.Decode(chosen.CompletionTokenIds, skipSpecial: true));
            json.WriteString("rejected", tokenizer.Decode(rejected.CompletionTokenIds, skipSpecial: true));
            TokenLines.Write(json, "promptTokens", chosen.PromptTokenIds);
            TokenLines.Write(json, "chosenTokens", chosen.CompletionTokenIds);
            TokenLines.Write(json, "rejectedTokens", rejected.CompletionTokenIds);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static string Filled(JsonElement root, string name) =>
        root.GetProperty(name).GetString() is { Length: > 0 } value ? value : throw new FormatException($"'{name}' is empty.");

    private static int[] Ids(JsonElement root, string name) => TokenLines.Read(root, name);
}
