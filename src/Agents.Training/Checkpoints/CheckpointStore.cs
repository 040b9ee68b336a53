using System.Globalization;
using System.Text;
using Agents.Training.Errors;

namespace Agents.Training.Checkpoints;

/// <summary>The checkpoints of one run in one folder: the two newest are kept, and a damaged newest one gives way to the one before.</summary>
public sealed class CheckpointStore
{
    private const string Prefix = "step-";
    private const string Extension = ".checkpoint";
    private const string IdentitySection = "identity";
    private const string PositionSection = "position";
    private const string PartPrefix = "part:";
    private const int Kept = 2;
    private readonly ICheckpointedModel _model;
    private readonly IReadOnlyList<ICheckpointPart> _parts;
    private readonly IReadOnlyList<string> _identity;

    /// <summary>Creates a store.</summary>
    /// <param name="folder">Folder of the run; created when missing.</param>
    /// <param name="model">Model whose state is stored.</param>
    /// <param name="recipe">Lines <c>name = value</c> that must agree for a resume to mean the same run (data, sizes, schedule, seed).</param>
    /// <param name="parts">Other states.</param>
    public CheckpointStore(string folder, ICheckpointedModel model, IReadOnlyList<string> recipe, IReadOnlyList<ICheckpointPart>? parts = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(recipe);
        Folder = Path.GetFullPath(folder);
        _model = model;
        _parts = parts ?? [];
        _identity = [.. model.Identity, .. recipe];
        Directory.CreateDirectory(Folder);
        foreach (string abandoned in Directory.EnumerateFiles(Folder, Prefix + "*" + Extension + ".partial"))
        {
            File.Delete(abandoned);
        }
    }

    /// <summary>Gets the folder.</summary>
    public string Folder { get; }

    /// <summary>Gets a line about every damaged checkpoint that the last load passed over.</summary>
    public IReadOnlyList<string> Damaged { get; private set; } = [];

    /// <summary>Gets the path of the checkpoint that was saved or loaded last; null before.</summary>
    public string? Current { get; private set; }

    /// <summary>Gets the paths of all checkpoints, newest first.</summary>
    public IReadOnlyList<string> Files =>
        [.. Directory.EnumerateFiles(Folder, Prefix + "*" + Extension).OrderByDescending(path => path, StringComparer.Ordinal)];

    /// <summary>Writes a checkpoint, then removes all but the two newest.</summary>
    /// <param name="position">Where the run stands.</param>
    /// <returns>The path.</returns>
    /// <exception cref="CheckpointException">The file cannot be written; older checkpoints are untouched.</exception>
    public string Save(TrainingPosition position)
    {
        CheckpointWriter writer = new();
        writer.Add(IdentitySection, Encoding.UTF8.GetBytes(string.Join('\n', _identity)));
        writer.Add(PositionSection, position.ToBytes());
        _model.SaveTo(writer);
        foreach (ICheckpointPart part in _parts)
        {
            writer.Add(PartPrefix + part.Name, part.Save());
        }

        string path = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{position.Step:D12}{Extension}"));
        try
        {
            writer.Write(path);
            foreach (string old in Files.Skip(Kept))
            {
                File.Delete(old);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"The checkpoint {path} cannot be written: {e.Message} Older checkpoints are untouched; free space or choose another folder, then resume.", e);
        }

        Current = path;
        return path;
    }

    /// <summary>Restores the newest checkpoint that is whole.</summary>
    /// <returns>Where the run stands; null when the folder has no checkpoint.</returns>
    /// <exception cref="CheckpointException">Every checkpoint is damaged, or the newest whole one belongs to another model or recipe.</exception>
    public TrainingPosition? LoadNewest()
    {
        List<string> damaged = [];
        Damaged = damaged;
        IReadOnlyList<string> files = Files;
        foreach (string path in files)
        {
            CheckpointReader reader;
            try
            {
                reader = new CheckpointReader(path);
            }
            catch (Exception e) when (e is CheckpointException or IOException)
            {
                damaged.Add(e.Message);
                continue;
            }

            using (reader)
            {
                return Restore(reader);
            }
        }

        return files.Count == 0
            ? null
            : throw new CheckpointException($"No checkpoint in {Folder} can be read. {string.Join(" ", damaged)} Start over in an empty folder.");
    }

    private TrainingPosition Restore(CheckpointReader reader)
    {
        string[] stored = Encoding.UTF8.GetString(reader.Bytes(IdentitySection)).Split('\n');
        for (int i = 0; i < Math.Max(stored.Length, _identity.Count); i++)
        {
            string there = i < stored.Length ? stored[i] : "nothing";
            string here = i < _identity.Count ? _identity[i] : "nothing";
            if (there != here)
            {
                throw new CheckpointException($"{reader.Path} belongs to another run: it has '{there}', this run has '{here}'. Resume with the same model and recipe, or train into an empty folder.");
            }
        }

        TrainingPosition position = TrainingPosition.FromBytes(reader.Bytes(PositionSection));
        foreach (ICheckpointPart part in _parts)
        {
            part.Restore(reader.Bytes(PartPrefix + part.Name));
        }

        _model.LoadFrom(reader);
        Current = reader.Path;
        return position;
    }
}
