using System.Collections.Immutable;
using System.Text;
using Agents.Models.Files;
using Agents.Training.Manifests;

namespace Agents.Runtime.Learning;

/// <summary>
/// The stages of a run in its folder: manifests of those that are finished (<c>stages.jsonl</c>), and beside the files of each stage a note of the inputs they were
/// made from (<c>NAME.inputs</c>). A finished stage with equal inputs and an undamaged output is reused; files of other inputs are set aside, never deleted.
/// </summary>
internal sealed class StageLedger
{
    private const string ManifestName = "stages.jsonl";
    private const string Completed = "Completed";
    private readonly string _folder;
    private readonly string _path;
    private readonly List<StageManifest> _manifests;
    private readonly List<StageReport> _reports = [];
    private readonly List<string> _notes = [];

    /// <summary>Opens the folder of a run.</summary>
    /// <param name="folder">The folder; it exists.</param>
    /// <param name="resume">Whether the run goes on.</param>
    /// <exception cref="RecipeException">The folder has a run but this one is new, or the other way round.</exception>
    public StageLedger(string folder, bool resume)
    {
        _folder = Path.GetFullPath(folder);
        _path = Path.Combine(_folder, ManifestName);
        bool begun = File.Exists(_path) || Directory.EnumerateFiles(_folder, "*.inputs", SearchOption.AllDirectories).Any() || Directory.EnumerateFiles(_folder, "*.checkpoint").Any();
        if (resume && !begun)
        {
            throw new RecipeException($"{_folder} has no run to resume: neither stages nor checkpoints. Start the run without resuming.");
        }

        if (!resume && begun)
        {
            throw new RecipeException($"{_folder} already has a run. Resume it, or train into an empty folder.");
        }

        _manifests = File.Exists(_path) ? [.. StageManifestFile.Read(_path)] : [];
    }

    /// <summary>Gets the stages that this process went through.</summary>
    public ImmutableArray<StageReport> Reports => [.. _reports];

    /// <summary>Gets one sentence per thing worth knowing: files set aside, damaged outputs.</summary>
    public ImmutableArray<string> Notes => [.. _notes];

    /// <summary>Returns whether a stage is finished with equal inputs and its output is as it was left. A damaged output is named and set aside.</summary>
    /// <param name="inputs">The stage.</param>
    /// <param name="output">The file that it leaves.</param>
    public bool IsFinished(StageInputs inputs, string output)
    {
        if (Find(inputs) is not { } manifest || !File.Exists(output))
        {
            return false;
        }

        if (StageManifestFile.HashOf(output) == manifest.CheckpointHash)
        {
            return true;
        }

        _notes.Add($"'{output}' is damaged or was changed: stage '{inputs.Stage}' left it with the SHA-256 {manifest.CheckpointHash[..12]}…. It was set aside as '{SetAside([output])}', and the stage runs again.");
        return false;
    }

    /// <summary>Makes a stage's folder ready: files that were made from other inputs are set aside, and the inputs are noted.</summary>
    /// <param name="inputs">The stage.</param>
    /// <param name="folder">Its folder; created.</param>
    /// <param name="patterns">Which files belong to the stage; the first one those that an attempt can go on from.</param>
    /// <returns>Whether files to go on from are there, made from the same inputs.</returns>
    public bool Begin(StageInputs inputs, string folder, params string[] patterns)
    {
        Directory.CreateDirectory(folder);
        string name = inputs.Stage[(inputs.Stage.LastIndexOf('/') + 1)..];
        string marker = Path.Combine(folder, name + ".inputs");
        string[] files = [.. patterns.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern)).Order(StringComparer.Ordinal)];
        string[] before = File.Exists(marker) ? File.ReadAllLines(marker) : [];
        if (before.Length > 0 && files.Length > 0 && !before.SequenceEqual(inputs.Lines))
        {
            int differs = Enumerable.Range(0, before.Length).FirstOrDefault(i => i >= inputs.Lines.Length || before[i] != inputs.Lines[i], Math.Min(before.Length, inputs.Lines.Length - 1));
            string was = differs < before.Length ? before[differs] : "nothing";
            string now = differs < inputs.Lines.Length ? inputs.Lines[differs] : "nothing";
            _notes.Add($"Stage '{inputs.Stage}' runs again, because its inputs changed: '{Short(was)}' is now '{Short(now)}'. Its files were set aside in '{Path.GetDirectoryName(SetAside(files))}'.");
            files = [];
        }

        using AtomicFile file = new(marker);
        file.Stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', inputs.Lines) + "\n"));
        file.Commit();
        return files.Length > 0 && Directory.EnumerateFiles(folder, patterns[0]).Any();
    }

    /// <summary>Notes that a stage ended, unless its manifest says so already.</summary>
    /// <param name="inputs">The stage.</param>
    /// <param name="output">The file that it left.</param>
    /// <param name="steps">Updates done, or items made.</param>
    /// <param name="reused">Whether nothing was left to do.</param>
    /// <param name="parent">Generation that it started from.</param>
    /// <param name="stop">Why it ended.</param>
    public void End(StageInputs inputs, string output, long steps, bool reused, string parent, string stop = Completed)
    {
        string hash = StageManifestFile.HashOf(output);
        if (Find(inputs) is not { } known || known.CheckpointHash != hash || stop != Completed)
        {
            StageManifest manifest = new()
            {
                Stage = inputs.Stage,
                Seed = inputs.Seed,
                Data = inputs.Data,
                Settings = inputs.Settings,
                Steps = steps,
                ParentGeneration = parent,
                CheckpointHash = hash,
                Stop = stop,
            };
            StageManifestFile.Append(_path, manifest);
            _manifests.Add(manifest);
        }

        _reports.Add(new StageReport(inputs.Stage, reused, steps, stop, output, hash));
    }

    private static string Short(string line) => line.Length <= 80 ? line : line[..77] + "...";

    private StageManifest? Find(StageInputs inputs) => _manifests.FindLast(manifest =>
        manifest.Stage == inputs.Stage && manifest.Seed == inputs.Seed && manifest.Stop == Completed
        && manifest.Data.SequenceEqual(inputs.Data) && manifest.Settings.SequenceEqual(inputs.Settings));

    /// <summary>Moves files into a folder of their own and returns where the first one is now.</summary>
    private static string SetAside(string[] files)
    {
        int number = 1;
        while (Directory.Exists(Path.Combine(Path.GetDirectoryName(files[0])!, $"superseded-{number}")))
        {
            number++;
        }

        string folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(files[0])!, $"superseded-{number}")).FullName;
        foreach (string file in files)
        {
            File.Move(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return Path.Combine(folder, Path.GetFileName(files[0]));
    }
}
