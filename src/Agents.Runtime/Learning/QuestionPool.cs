using System.Collections.Immutable;
using System.Globalization;
using Agents.Evaluation.Roles;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;
using Agents.Models.Templates;
using Agents.Models.Tokenization;
using Agents.Training.Rollouts;

namespace Agents.Runtime.Learning;

/// <summary>The training questions that a loop samples answers to: those of task families in roles that answer the question, and of files with questions and answers.</summary>
internal sealed class QuestionPool
{
    /// <summary>Roles whose right output is the item's answer, so that the family's verifier can judge it.</summary>
    private static readonly string[] Answering =
    [
        RoleNames.Solve, RoleNames.SolveFromSticker, RoleNames.SolveWithSticker, RoleNames.SolveInContext, RoleNames.Refine, RoleNames.Aggregate, RoleNames.Revise,
        RoleNames.Conclude,
    ];

    private readonly ImmutableArray<Part> _parts;

    private QuestionPool(ImmutableArray<Part> parts) => _parts = parts;

    /// <summary>Resolves a mixture.</summary>
    /// <param name="mixture">Parts of a recipe.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="RecipeException">A family, role or file does not exist, or a role has no verifiable answer.</exception>
    public static async Task<QuestionPool> ResolveAsync(ImmutableArray<MixtureEntry> mixture, CancellationToken cancellationToken)
    {
        var parts = ImmutableArray.CreateBuilder<Part>();
        foreach (MixtureEntry entry in mixture)
        {
            if (entry.File is { } path)
            {
                parts.Add(new Part(entry.Weight, null, null, await FileAsync(path, cancellationToken).ConfigureAwait(false)));
                continue;
            }

            if (!Answering.Contains(entry.Role))
            {
                throw new RecipeException($"The role '{entry.Role}' has no answer that could be verified, so answers to it cannot be sampled and judged. {NearestNames.Describe(entry.Role!, Answering)}");
            }

            foreach (MixtureSource.Part part in MixtureSource.Resolve([entry]))
            {
                parts.Add(new Part(part.Weight, part.Family, part.Writer, []));
            }
        }

        return new QuestionPool(parts.ToImmutable());
    }

    /// <summary>Draws questions of the training split. Question i depends on the seed and i alone; questions that come up again are left out.</summary>
    /// <param name="count">How many are drawn.</param>
    /// <param name="seed">Seed of the data.</param>
    /// <param name="text">Renders prompts.</param>
    /// <param name="tokenizer">Encodes them.</param>
    public ImmutableArray<RolloutPrompt> Draw(int count, ulong seed, TrainingText text, VocabularyTokenizer tokenizer)
    {
        var prompts = ImmutableArray.CreateBuilder<RolloutPrompt>();
        HashSet<string> seen = new(StringComparer.Ordinal);
        double total = _parts.Sum(part => part.Weight);
        for (int i = 0; i < count; i++)
        {
            SampleStream stream = new(seed, (ulong)i, (ulong)TaskSplit.Train);
            double at = stream.NextUnit() * total;
            Part part = _parts.FirstOrDefault(candidate => (at -= candidate.Weight) < 0) ?? _parts[^1];
            RolloutPrompt prompt = part.Family is { } family ? Generated(part, family, i, seed, text, tokenizer, ref stream) : Listed(part.Items[stream.NextInt(part.Items.Count)], text, tokenizer);
            if (seen.Add(prompt.Id))
            {
                prompts.Add(prompt);
            }
        }

        return prompts.ToImmutable();
    }

    private static async Task<IReadOnlyList<TaskItem>> FileAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new RecipeException($"There is no question file '{path}'. Correct 'data.mixture' in the recipe; each line is {{\"question\": ..., \"answer\": ...}}.");
        }

        IReadOnlyList<TaskItem> items = await JsonLinesTaskFile.ReadAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false);
        return items.Count > 0 ? items : throw new RecipeException($"'{path}' has no questions; each line is {{\"question\": ..., \"answer\": ...}}.");
    }

    private static RolloutPrompt Generated(Part part, ITaskFamily family, int index, ulong seed, TrainingText text, VocabularyTokenizer tokenizer, ref SampleStream stream)
    {
        TaskItem item = family.Create(TaskSplit.Train, index, seed);
        IReadOnlyList<ChatTurn> turns = text.Conversation(part.Writer!.Write(family, item, ref stream));
        string role = part.Writer.Role;
        string id = role == RoleNames.Solve ? item.Id : string.Create(CultureInfo.InvariantCulture, $"{item.Id}/{role}");
        return Prompt(id, family.Id, item, [.. turns.SkipLast(1)], text, tokenizer);
    }

    private static RolloutPrompt Listed(TaskItem item, TrainingText text, VocabularyTokenizer tokenizer) =>
        Prompt(item.Id, item.Family, item, [new ChatTurn(TurnRoles.User, item.Question)], text, tokenizer);

    private static RolloutPrompt Prompt(string id, string source, TaskItem item, IReadOnlyList<ChatTurn> turns, TrainingText text, VocabularyTokenizer tokenizer) =>
        new(id, [.. text.Opened(turns, tokenizer)])
        {
            Question = item.Question,
            Reference = item.Answer,
            Members = [.. item.Alternatives.Select(answer => answer.Text)],
            Tests = item.Tests,
            Source = source,
        };

    private sealed record Part(double Weight, ITaskFamily? Family, IRoleWriter? Writer, IReadOnlyList<TaskItem> Items);
}
