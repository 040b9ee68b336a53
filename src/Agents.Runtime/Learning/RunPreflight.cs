using Agents.Models;
using Agents.Training.Adapters;
using Agents.Training.Preflight;

namespace Agents.Runtime.Learning;

/// <summary>
/// The preflight of a recipe's run. A fresh run is looked at and the report stored in its folder; a resumed one takes the changes of settings from there, so that
/// it stays the same run on a machine with more or less memory.
/// </summary>
internal sealed class RunPreflight
{
    /// <summary>Sequences that are sampled at once: the rows of the engine's batch.</summary>
    private const int SampledAtOnce = 256;

    private readonly string _folder;
    private readonly PreflightMode _mode;
    private readonly IProgress<RecipeProgress>? _progress;
    private readonly long _available;
    private readonly bool _stored;

    /// <summary>Begins a preflight; measures the memory that there is before the run takes any.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <param name="mode">What it may do.</param>
    /// <param name="resume">Whether the run goes on.</param>
    /// <param name="progress">Told about every part of the report; null for nobody.</param>
    public RunPreflight(string folder, PreflightMode mode, bool resume, IProgress<RecipeProgress>? progress)
    {
        _folder = folder;
        _mode = mode;
        _progress = progress;
        _available = AvailableMemory.Bytes();
        PreflightReport? stored = resume && mode != PreflightMode.Off ? PreflightFile.Load(folder) : null;
        _stored = stored is not null;
        Report = stored ?? new PreflightReport();
    }

    /// <summary>Gets everything that was found so far.</summary>
    public PreflightReport Report { get; private set; }

    /// <summary>Gets whether there is something to look at: not for resumed runs, which were looked at when they began.</summary>
    public bool IsDue => _mode != PreflightMode.Off && !_stored;

    /// <summary>Gets whether settings may be changed.</summary>
    public bool MayChange => _mode == PreflightMode.On;

    /// <summary>Takes a part of the report in: stores it, tells about it, and ends the run when it is refused.</summary>
    /// <param name="part">What was found.</param>
    /// <exception cref="Training.Errors.PreflightException">The run cannot work.</exception>
    public void Add(PreflightReport part)
    {
        if (!MayChange)
        {
            part = part with
            {
                Findings = [.. part.Findings.Select(finding => finding.Verdict == PreflightVerdict.Go ? finding : finding with { Verdict = PreflightVerdict.Warn })],
                Changes = [],
            };
        }

        part.ThrowIfRefused();
        Report = Report.With(part);
        PreflightFile.Save(_folder, Report);
        _progress?.Report(new RecipeProgress("preflight", 0, 0) { Preflight = part });
    }

    /// <summary>Makes a recipe fit into memory, before its trainer is allocated.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="shape">The model.</param>
    /// <param name="weightBytes">Bytes of its weights as they are kept.</param>
    /// <param name="leastRows">Rows that the longest sequence needs.</param>
    /// <returns>The recipe to run.</returns>
    public TrainingRecipe Fit(TrainingRecipe recipe, ModelShape shape, long weightBytes, int leastRows)
    {
        int rows = recipe.Packing.RowsPerBatch;
        if (IsDue)
        {
            bool recompute = recipe.Adapter?.RecomputeLayers ?? recipe.Trainer.RecomputeLayers;
            Add(MemoryPreflight.Fit((some, again) => Plan(recipe, shape, weightBytes, some, again, leastRows), rows, Math.Min(rows, leastRows), recompute));
        }

        int kept = (int)Report.Value(PreflightChange.RowsPerBatch, rows);
        bool recomputed = Report.Value(PreflightChange.RecomputeLayers, 0) != 0;
        return recipe with
        {
            Packing = recipe.Packing with { RowsPerBatch = kept, MaximumSequence = Math.Min(recipe.Packing.MaximumSequence, kept) },
            Trainer = recipe.Trainer with { MaximumRows = kept, RecomputeLayers = recipe.Trainer.RecomputeLayers || recomputed },
            Adapter = recipe.Adapter is { } adapter ? adapter with { MaximumRows = kept, RecomputeLayers = adapter.RecomputeLayers || recomputed } : null,
        };
    }

    private static int Copies(TrainingRecipe recipe)
    {
        bool reference = recipe.Reinforcement is { KlCoefficient: > 0 } || recipe.Preference is { NeedsReference: true };
        int serving = recipe.Loop switch
        {
            TrainingLoop.Reinforcement => 1 + recipe.Reinforcement!.Staleness,
            TrainingLoop.Rejection => 1,
            _ => 0,
        };
        return serving + (reference ? 1 : 0);
    }

    private static (int Sequences, int Tokens) Sampled(TrainingRecipe recipe) => recipe switch
    {
        { Reinforcement: { } loop } => (loop.GroupsPerStep * loop.GroupSize, loop.MaximumTokens),
        { Preference.Sampling: { } sampling } => (SampledAtOnce, sampling.MaximumTokens),
        { Rejection.Sampling: { } sampling } => (SampledAtOnce, sampling.MaximumTokens),
        _ => (0, 0),
    };

    private MemoryPlan Plan(TrainingRecipe recipe, ModelShape shape, long weightBytes, int rows, bool recompute, int longest)
    {
        (int sequences, int tokens) = Sampled(recipe);
        var training = recipe.Adapter is { } adapter
            ? TrainingMemory.Adapter(AdapterMemory.Plan(
                shape, weightBytes, AdapterLayout.Of(shape, adapter.Adapter), adapter with { MaximumRows = rows, RecomputeLayers = recompute }, sizeof(float), stored: true))
            : TrainingMemory.Full(shape, recipe.Trainer with { MaximumRows = rows, RecomputeLayers = recompute }, sizeof(float));

        // An adapter serves over the frozen base that is there already; all weights are served as copies.
        var sampling = TrainingMemory.Sampling(shape, recipe.Adapter is null ? weightBytes : 0, Copies(recipe), Math.Min(sequences, SampledAtOnce), tokens == 0 ? 0 : Math.Min(shape.ContextLength, longest));
        return new MemoryPlan([.. training, .. sampling], _available);
    }
}
