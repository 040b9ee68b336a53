using System.Collections.Immutable;
using Agents.Evaluation.Tasks;
using Agents.Models.Decoder;
using Agents.Training.Optimization;

namespace Agents.Benchmarks.Experiments;

/// <summary>Everything an arm needs while it trains.</summary>
internal sealed class ArmContext : IDisposable
{
    private readonly HeldOut _heldOut;
    private readonly List<CurvePoint> _curve = [];

    /// <summary>Prepares a run.</summary>
    /// <param name="experiment">The model.</param>
    /// <param name="settings">Settings of the arm.</param>
    /// <param name="items">Training questions.</param>
    /// <param name="heldOut">Questions to watch.</param>
    /// <param name="seed">Seed of data order and samples.</param>
    /// <param name="folder">Folder of checkpoints and metrics.</param>
    public ArmContext(ExperimentModel experiment, ArmSettings settings, ImmutableArray<TaskItem> items, HeldOut heldOut, ulong seed, string folder)
    {
        Experiment = experiment;
        Settings = settings;
        Items = items;
        Seed = seed;
        Folder = folder;
        _heldOut = heldOut;
        Limit = experiment.CompletionLimit(items);
        Trainer = new EffectTrainer(experiment, settings.Rank, seed, Clock);
    }

    /// <summary>Gets the model that everything starts from.</summary>
    public ExperimentModel Experiment { get; }

    /// <summary>Gets the settings.</summary>
    public ArmSettings Settings { get; }

    /// <summary>Gets the training questions.</summary>
    public ImmutableArray<TaskItem> Items { get; }

    /// <summary>Gets the seed.</summary>
    public ulong Seed { get; }

    /// <summary>Gets the folder.</summary>
    public string Folder { get; }

    /// <summary>Gets the longest completion in tokens.</summary>
    public int Limit { get; }

    /// <summary>Gets the clock of the training.</summary>
    public PhaseClock Clock { get; } = new();

    /// <summary>Gets the model under training.</summary>
    public EffectTrainer Trainer { get; }

    /// <summary>Gets or sets the tokens sampled so far.</summary>
    public long SampledTokens { get; set; }

    /// <summary>Gets the looks so far.</summary>
    public IReadOnlyList<CurvePoint> Curve => _curve;

    /// <summary>Returns a course of the learning rate: a short warm-up, then a straight line.</summary>
    public LearningRateSchedule Schedule() => new() { Peak = Settings.Rate, WarmUpShare = 0.05, FinalShare = Settings.FinalShare, Shape = LearningRateShape.Linear };

    /// <summary>Looks at the validation questions when it is time to, with the clock stopped.</summary>
    /// <param name="note">What else is known about the update, for the log.</param>
    public void Watch(string note)
    {
        if (Settings.Watch == 0 || Trainer.Updates % Settings.Watch != 0)
        {
            return;
        }

        // Loops report from a thread of their own and wait for the answer: the weights do not move meanwhile.
        Clock.Stop();
        using (DecoderModel model = Trainer.Serve())
        {
            (double accuracy, string example) = _heldOut.WatchAsync(model).GetAwaiter().GetResult();
            _curve.Add(new CurvePoint(Trainer.Updates, Clock.Seconds, accuracy));
            note += "  " + example;
        }

        Console.Error.WriteLine(FormattableString.Invariant($"  update {Trainer.Updates}  {Clock.Seconds:F0} s  validation {_curve[^1].Accuracy:P1}  {note}"));
        Clock.Start();
    }

    /// <inheritdoc/>
    public void Dispose() => Trainer.Dispose();
}
