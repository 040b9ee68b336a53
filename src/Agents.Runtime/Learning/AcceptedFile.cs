using System.Collections.Immutable;
using System.Text.Json;
using Agents.Models.Files;
using Agents.Models.Tokenization;
using Agents.Training.Data;
using Agents.Training.Experience;

namespace Agents.Runtime.Learning;

/// <summary>Verified answers of a rejection-sampling round as JSON lines, texts for people and token ids to learn.</summary>
internal static class AcceptedFile
{
    /// <summary>Keeps right, complete, different answers and writes them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="groups">Judged answers.</param>
    /// <param name="settings">Limits.</param>
    /// <param name="tokenizer">Turns answers into text.</param>
    /// <returns>The number of answers kept.</returns>
    /// <exception cref="RecipeException">Nothing is right.</exception>
    public static int Write(string path, ImmutableArray<ExperienceGroup> groups, RejectionSettings settings, VocabularyTokenizer tokenizer)
    {
        int count = 0;
        using AtomicFile file = new(path);
        foreach (ExperienceGroup group in groups)
        {
            AnswerSet answers = new(group);
            if (!answers.IsUsed(settings.Sampling))
            {
                continue;
            }

            foreach (ExperienceRow row in answers.Right.Take(settings.KeepPerQuestion))
            {
                using (Utf8JsonWriter json = new(file.Stream))
                {
                    json.WriteStartObject();
                    json.WriteString("id", group.PromptId);
                    json.WriteString("prompt", tokenizer.Decode(row.PromptTokenIds, skipSpecial: true));
                    json.WriteString("answer", tokenizer.Decode(row.CompletionTokenIds, skipSpecial: true));
                    TokenLines.Write(json, "promptTokens", row.PromptTokenIds);
                    TokenLines.Write(json, "answerTokens", row.CompletionTokenIds);
                    json.WriteEndObject();
                }

                file.Stream.WriteByte((byte)'\n');
                count++;
            }
        }

        if (count == 0)
        {
            throw new RecipeException($"No answer could be kept of {AnswerSet.Describe(groups)}. Start from a model that solves some of the questions, choose easier ones, or widen 'passRate'.");
        }

        file.Commit();
        return count;
    }

    /// <summary>Reads the answers as examples that learn the answer only.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RecipeException">A line is malformed.</exception>
    public static InMemoryExampleSource Read(string path)
    {
        List<TrainingExample> examples = [];
        foreach (string line in File.ReadLines(path))
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                int[] prompt = TokenLines.Read(document.RootElement, "promptTokens");
                int[] answer = TokenLines.Read(document.RootElement, "answerTokens");
                examples.Add(TrainingExample.FromSpans([.. prompt, .. answer], new TargetSpan(prompt.Length, answer.Length)));
            }
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw new RecipeException($"'{path}', line {examples.Count + 1}, is no kept answer ({error.Message}) Remove the file and resume.", error);
            }
        }

        return new InMemoryExampleSource(examples);
    }
}
