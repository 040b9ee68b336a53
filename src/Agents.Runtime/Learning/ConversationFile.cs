using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Agents.Models.Templates;

namespace Agents.Runtime.Learning;

/// <summary>
/// Conversations from JSON lines: <c>{"messages":[{"role":"user","content":"…"},{"role":"assistant","content":"…"}]}</c>, as people write them and as <c>agents data build</c> does, then
/// with <c>tokenizer</c>, <c>promptTokens</c>, <c>answerTokens</c> and <c>weight</c> besides. Every twentieth line is kept for validation; lines of weight 0 teach nothing and are left out.
/// </summary>
public sealed class ConversationFile
{
    private const int ValidationEvery = 20;
    private const int MaximumDepth = 16;
    private static readonly string[] Roles = [TurnRoles.System, TurnRoles.User, TurnRoles.Assistant, TurnRoles.Tool];

    private ConversationFile(ImmutableArray<FileConversation> training, ImmutableArray<FileConversation> validation, string hash)
    {
        Training = training;
        Validation = validation;
        Hash = hash;
    }

    /// <summary>Gets the conversations to learn from.</summary>
    public ImmutableArray<FileConversation> Training { get; }

    /// <summary>Gets the conversations kept for validation; those of training when the file is too short to spare any.</summary>
    public ImmutableArray<FileConversation> Validation { get; }

    /// <summary>Gets the SHA-256 of the file.</summary>
    public string Hash { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RecipeException">The file is missing or empty, or a line is malformed; the line is named.</exception>
    public static ConversationFile Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new RecipeException($"There is no data file '{path}'. Correct 'data.mixture' in the recipe.");
        }

        byte[] bytes = File.ReadAllBytes(path);
        var training = ImmutableArray.CreateBuilder<FileConversation>();
        var validation = ImmutableArray.CreateBuilder<FileConversation>();
        int number = 0;
        using var reader = new StreamReader(new MemoryStream(bytes));
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                FileConversation conversation = Parse(line, path, number);
                if (conversation.Weight > 0)
                {
                    (number % ValidationEvery == 0 ? validation : training).Add(conversation);
                }
            }
        }

        if (training.Count == 0)
        {
            throw new RecipeException($"'{path}' has no conversations; each line is {{\"messages\": [...]}}.");
        }

        ImmutableArray<FileConversation> learned = training.ToImmutable();
        return new ConversationFile(learned, validation.Count > 0 ? validation.ToImmutable() : learned, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private static FileConversation Parse(string line, string path, int number)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = MaximumDepth });
            var turns = ImmutableArray.CreateBuilder<ChatTurn>();
            foreach (JsonElement message in document.RootElement.GetProperty("messages").EnumerateArray())
            {
                string role = message.GetProperty("role").GetString() ?? "";
                string content = message.GetProperty("content").GetString() ?? "";
                if (!Roles.Contains(role))
                {
                    throw new RecipeException($"'{path}', line {number}: the role '{role}' is unknown. {NearestNames.Describe(role, Roles)}");
                }

                turns.Add(new ChatTurn(role, content));
            }

            return turns.Any(turn => turn.Role == TurnRoles.Assistant && turn.Content.Length > 0)
                ? Recorded(document.RootElement, new FileConversation(turns.ToImmutable()))
                : throw new RecipeException($"'{path}', line {number}: no assistant message to learn from.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new RecipeException($"'{path}', line {number}: no conversation ({error.Message}) Expected {{\"messages\": [{{\"role\": ..., \"content\": ...}}]}}.", error);
        }
    }

    /// <summary>Adds what a sampled conversation has besides: weight and exact tokens.</summary>
    private static FileConversation Recorded(JsonElement line, FileConversation conversation)
    {
        double weight = line.TryGetProperty("weight", out JsonElement value) ? value.GetDouble() : 1;
        if (!double.IsFinite(weight) || weight < 0)
        {
            throw new FormatException($"The weight is {weight}; it must be at least 0.");
        }

        return line.TryGetProperty("tokenizer", out JsonElement tokenizer)
            ? conversation with { Weight = weight, Tokenizer = tokenizer.GetString(), PromptTokens = [.. TokenLines.Read(line, "promptTokens")], AnswerTokens = [.. TokenLines.Read(line, "answerTokens")] }
            : conversation with { Weight = weight };
    }
}
