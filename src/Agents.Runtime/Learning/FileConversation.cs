using System.Collections.Immutable;
using Agents.Models;
using Agents.Models.Templates;
using Agents.Training.Data;

namespace Agents.Runtime.Learning;

/// <summary>A conversation of a file. One that was sampled has its token ids besides: for a model with the same tokenizer these are what is learned, never the text tokenized again.</summary>
/// <param name="Turns">The conversation; the assistant's text to learn stands last.</param>
public sealed record FileConversation(ImmutableArray<ChatTurn> Turns)
{
    /// <summary>Gets how much the conversation counts beside others.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Gets the fingerprint of the tokenizer of the ids; null without ids.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Gets the prompt as the model read it.</summary>
    public ImmutableArray<int> PromptTokens { get; init; } = [];

    /// <summary>Gets the text to learn as the model wrote it.</summary>
    public ImmutableArray<int> AnswerTokens { get; init; } = [];

    /// <summary>Encodes the conversation.</summary>
    /// <param name="text">Renders conversations without ids of this tokenizer.</param>
    /// <param name="tokenizer">Tokenizer of the model.</param>
    /// <param name="promptWeight">How much a prompt token counts beside one of the answer.</param>
    /// <exception cref="RecipeException">An id lies outside of the vocabulary.</exception>
    public TrainingExample Encode(TrainingText text, ITokenizer tokenizer, double promptWeight)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(tokenizer);
        TrainingExample example = Tokenizer == tokenizer.Fingerprint ? Recorded(tokenizer.VocabularySize, promptWeight) : text.Encode(Turns, tokenizer, promptWeight);
        return Weight == 1 ? example : example with { Weights = [.. example.Weights.Select(weight => (float)(weight * Weight))] };
    }

    private TrainingExample Recorded(int vocabulary, double promptWeight)
    {
        int[] ids = [.. PromptTokens, .. AnswerTokens];
        if (ids.AsSpan().IndexOfAnyExceptInRange(0, vocabulary - 1) is >= 0 and var at)
        {
            throw new RecipeException($"A recorded conversation has the token {ids[at]}; its tokenizer has {vocabulary}. Build the training set again.");
        }

        float[] weights = new float[ids.Length];
        Array.Fill(weights, (float)promptWeight, 0, PromptTokens.Length);
        Array.Fill(weights, 1f, PromptTokens.Length, AnswerTokens.Length);
        return new TrainingExample { TokenIds = ids, Weights = weights };
    }
}
