using System.Collections.Immutable;
using System.Globalization;
using Agents.Evaluation.Roles;
using Agents.Evaluation.Tasks;
using Agents.Models;
using Agents.Models.Templates;
using Agents.Training.Data;

namespace Agents.Runtime.Learning;

/// <summary>The data of a recipe as endless, numbered examples: which part, which item and which corruption example i has is a function of (seed, split, i).</summary>
public sealed class MixtureSource : ITrainingExampleSource
{
    /// <summary>Raise when the meaning of an example number changes, so that old checkpoints refuse to continue on other data.</summary>
    private const int FormatVersion = 1;

    /// <summary>Stands for every family, each with the entry's weight.</summary>
    private const string AllFamilies = "all";

    private readonly ImmutableArray<Part> _parts;
    private readonly TrainingText _text;
    private readonly ITokenizer _tokenizer;
    private readonly TaskSplit _split;
    private readonly ulong _seed;
    private readonly double _promptWeight;

    private MixtureSource(ImmutableArray<Part> parts, TrainingText text, ITokenizer tokenizer, TaskSplit split, ulong seed, double promptWeight)
    {
        _parts = parts;
        _text = text;
        _tokenizer = tokenizer;
        _split = split;
        _seed = seed;
        _promptWeight = promptWeight;
        Fingerprint = string.Create(
            CultureInfo.InvariantCulture,
            $"mixture {FormatVersion}: {split} {seed} {promptWeight} {tokenizer.Fingerprint} {string.Join(", ", parts.Select(part => $"{part.Name} {part.Weight}"))}");
    }

    /// <inheritdoc/>
    public long? Count => null;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>Resolves the parts of a mixture.</summary>
    /// <param name="mixture">Parts of a recipe.</param>
    /// <exception cref="RecipeException">A family, role or file does not exist.</exception>
    public static ImmutableArray<Part> Resolve(ImmutableArray<MixtureEntry> mixture)
    {
        IReadOnlyList<IRoleWriter> writers = RoleWriters.Create();
        var parts = ImmutableArray.CreateBuilder<Part>();
        foreach (MixtureEntry entry in mixture)
        {
            if (entry.File is { } path)
            {
                ConversationFile file = ConversationFile.Read(path);
                parts.Add(new Part(Path.GetFileName(path) + " " + file.Hash, entry.Weight, null, null, file));
                continue;
            }

            IRoleWriter writer = writers.FirstOrDefault(known => known.Role == entry.Role)
                ?? throw new RecipeException($"There is no role '{entry.Role}'. {NearestNames.Describe(entry.Role!, [.. writers.Select(known => known.Role)])}");
            foreach (ITaskFamily family in Families(entry.Family!, writer))
            {
                parts.Add(new Part($"{family.Id}/{writer.Role}", entry.Weight, family, writer, null));
            }
        }

        return parts.ToImmutable();
    }

    /// <summary>Creates the source of one split.</summary>
    /// <param name="parts">Resolved parts.</param>
    /// <param name="text">Renders conversations.</param>
    /// <param name="tokenizer">Encodes them.</param>
    /// <param name="split">Training or validation.</param>
    /// <param name="seed">Seed of the data.</param>
    /// <param name="promptWeight">How much a prompt token counts beside an answer token.</param>
    public static MixtureSource Create(ImmutableArray<Part> parts, TrainingText text, ITokenizer tokenizer, TaskSplit split, ulong seed, double promptWeight) =>
        new(parts, text, tokenizer, split, seed, promptWeight);

    /// <summary>Draws conversation i of the training split, for training a tokenizer.</summary>
    /// <param name="parts">Resolved parts.</param>
    /// <param name="text">Renders role prompts.</param>
    /// <param name="split">Which split.</param>
    /// <param name="seed">Seed of the data.</param>
    /// <param name="index">Number of the example.</param>
    public static IReadOnlyList<ChatTurn> Conversation(ImmutableArray<Part> parts, TrainingText text, TaskSplit split, ulong seed, long index) =>
        Draw(parts, text, split, seed, index).Turns;

    /// <summary>Draws a conversation: one of a file, or one that a role writes.</summary>
    private static FileConversation Draw(ImmutableArray<Part> parts, TrainingText text, TaskSplit split, ulong seed, long index)
    {
        ArgumentNullException.ThrowIfNull(text);
        var stream = new SampleStream(seed, (ulong)index, (ulong)split);
        double at = stream.NextUnit() * parts.Sum(part => part.Weight);
        Part chosen = parts[^1];
        foreach (Part part in parts)
        {
            at -= part.Weight;
            if (at < 0)
            {
                chosen = part;
                break;
            }
        }

        if (chosen.File is { } file)
        {
            ImmutableArray<FileConversation> lines = split == TaskSplit.Train ? file.Training : file.Validation;
            return lines[stream.NextInt(lines.Length)];
        }

        return new FileConversation([.. text.Conversation(chosen.Writer!.Write(chosen.Family!, chosen.Family!.Create(split, index, seed), ref stream))]);
    }

    private static IReadOnlyList<ITaskFamily> Families(string id, IRoleWriter writer)
    {
        if (id == AllFamilies)
        {
            return [.. TaskFamilies.All.Where(writer.Serves)];
        }

        ITaskFamily? family = TaskFamilies.All.FirstOrDefault(known => known.Id == id);
        return family is not null && !writer.Serves(family)
            ? throw new RecipeException($"The role '{writer.Role}' does not exist for family '{id}', only for {string.Join(", ", TaskFamilies.All.Where(writer.Serves).Select(known => known.Id))}.")
            : family is not null
            ? [family]
            : throw new RecipeException($"There is no task family '{id}'. {NearestNames.Describe(id, [AllFamilies, .. TaskFamilies.All.Select(known => known.Id)])}");
    }

    /// <inheritdoc/>
    public TrainingExample Get(long index) => Draw(_parts, _text, _split, _seed, index).Encode(_text, _tokenizer, _promptWeight);

    /// <summary>One resolved part of a mixture.</summary>
    /// <param name="Name">Identity of the data.</param>
    /// <param name="Weight">Relative share.</param>
    /// <param name="Family">Family of generated data.</param>
    /// <param name="Writer">Role of generated data.</param>
    /// <param name="File">Conversations of a file.</param>
    public sealed record Part(string Name, double Weight, ITaskFamily? Family, IRoleWriter? Writer, ConversationFile? File);
}
