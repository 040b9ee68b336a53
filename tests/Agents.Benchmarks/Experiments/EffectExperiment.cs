using System.Collections.Immutable;
using Agents.Evaluation.Tasks;
using Agents.Models.Decoder;

namespace Agents.Benchmarks.Experiments;

/// <summary>Trains every arm with every seed from the same start, and measures it on the same held-out questions before and after.</summary>
/// <param name="experiment">The model.</param>
/// <param name="options">What is measured.</param>
internal sealed class EffectExperiment(ExperimentModel experiment, EffectOptions options)
{
    /// <summary>Less than any question with its solution has, so that one pass over the questions suffices for the updates.</summary>
    private const int LeastTokens = 40;

    /// <summary>Most questions that are drawn; longer supervised arms see them again.</summary>
    private const int MostQuestions = 20_000;

    /// <summary>Gets the journal.</summary>
    public EffectJournal Journal { get; } = new(Path.Combine(options.Folder, "effects.jsonl"));

    /// <summary>Measures what the journal does not know yet.</summary>
    public async Task RunAsync()
    {
        foreach (ulong seed in options.Seeds)
        {
            HeldOut heldOut = new(experiment, options.Family, options.Split, options.Questions, options.Others, seed);
            EffectRow start = await StartAsync(heldOut, seed).ConfigureAwait(false);
            foreach (string arm in options.Arms)
            {
                ArmSettings settings = Settings(arm, seed);
                if (Journal.Find(arm, options.Family, seed, Describe(settings)) is null)
                {
                    EffectRow row = await TrainAsync(arm, settings, heldOut, seed).ConfigureAwait(false);
                    Journal.Append(row);
                    Console.Error.WriteLine(Line(start, row));
                }
            }
        }
    }

    /// <summary>Returns the settings of an arm; the controls take as many updates as the tokens of the reinforcement arm allow.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="InvalidOperationException">A control has no reinforcement row to follow.</exception>
    public ArmSettings Settings(string arm, ulong seed)
    {
        ArmSettings settings = options.SettingsOf(arm);
        if (!arm.StartsWith("control", StringComparison.Ordinal))
        {
            return settings;
        }

        EffectRow grpo = Journal.Find("grpo", options.Family, seed, Describe(options.SettingsOf("grpo")))
            ?? throw new InvalidOperationException($"The arm '{arm}' takes as many tokens as 'grpo' with seed {seed}, which is not in the journal; run grpo first.");
        long tokens = grpo.TrainedTokens + (arm == "control-sampled" ? grpo.SampledTokens : 0);
        return settings with { Steps = (int)Math.Max(1, tokens / settings.TokensPerStep) };
    }

    /// <summary>Returns what identifies an experiment beside arm, family and seed.</summary>
    /// <param name="settings">Settings of an arm; null for the untrained model.</param>
    public string Describe(ArmSettings? settings) => FormattableString.Invariant(
        $"{experiment.Name} {experiment.Serving.GenerationId[..12]} {options.Split} {options.Questions}+{options.Others} {settings?.Describe()}").TrimEnd();

    /// <summary>Returns the rows of the options' arms and seeds under their settings, the untrained model included.</summary>
    public IReadOnlyList<EffectRow> Rows() =>
    [
        .. options.Seeds.Select(seed => Journal.Find(EffectRow.Base, options.Family, seed, Describe(null))!),
        .. options.Arms.SelectMany(arm => options.Seeds.Select(seed => Journal.Find(arm, options.Family, seed, Describe(Settings(arm, seed)))!)),
    ];

    /// <summary>Returns a row in words.</summary>
    private string Line(EffectRow start, EffectRow row)
    {
        EffectEstimate effect = EffectEstimate.Of([(start.Answers[options.Family], row.Answers[options.Family])]);
        string others = string.Join("  ", row.Answers.Where(answers => answers.Key != options.Family).Select(answers =>
            FormattableString.Invariant($"{answers.Key} {EffectEstimate.Of([(start.Answers[answers.Key], answers.Value)]).Difference.Difference * 100:+0.0;-0.0}")));
        string phases = string.Join("  ", row.Phases.OrderByDescending(phase => phase.Value).Select(phase => FormattableString.Invariant($"{phase.Key} {phase.Value:F0} s")));
        return FormattableString.Invariant($"{row.Arm} seed {row.Seed}: {effect.Before:P1} -> {effect.After:P1}  ({effect.Difference.Difference * 100:+0.0;-0.0} [{effect.Difference.Interval.Low * 100:F1}, {effect.Difference.Interval.High * 100:F1}])  updates {row.Updates}  trained {row.TrainedTokens}  sampled {row.SampledTokens}  {row.Seconds:F0} s wall {row.ProcessorSeconds:F0} s cpu  kl {row.Divergence:F4}/token {row.DivergencePerAnswer:F2}/answer\n  {phases}\n  others {others}");
    }

    private async Task<EffectRow> StartAsync(HeldOut heldOut, ulong seed)
    {
        if (Journal.Find(EffectRow.Base, options.Family, seed, Describe(null)) is { } known)
        {
            return known;
        }

        EffectRow row = new()
        {
            Arm = EffectRow.Base,
            Family = options.Family,
            Seed = seed,
            Settings = Describe(null),
            Answers = await heldOut.AnswerAsync(experiment.Serving).ConfigureAwait(false),
        };
        Journal.Append(row);
        return row;
    }

    private async Task<EffectRow> TrainAsync(string arm, ArmSettings settings, HeldOut heldOut, ulong seed)
    {
        int wanted = arm is "sft" or "control" or "control-sampled"
            ? (int)Math.Min(MostQuestions, ((long)settings.Steps * settings.TokensPerStep / LeastTokens) + 1)
            : settings.Prompts;
        ImmutableArray<TaskItem> items = [.. TaskSet.Draw(EffectFamilies.ByHeldOutLevel[options.Family], TaskSplit.Train, wanted, seed)];
        (int training, int compared) = Disjointness.Require(items.Select(item => item.Question), heldOut.Questions);
        string folder = Path.Combine(options.Folder, FormattableString.Invariant($"{options.Family}-{arm}-{seed}"));
        if (Directory.Exists(folder))
        {
            // An arm that was interrupted starts again: its clock cannot be resumed.
            Directory.Delete(folder, recursive: true);
        }

        using ArmContext context = new(experiment, settings, items, heldOut, seed, folder);
        context.Clock.Start();
        context.Watch("start");
        await (arm switch
        {
            "grpo" => GroupArm.TrainAsync(context),
            "dpo" => PreferenceArm.TrainAsync(context),
            "rejection" => SupervisedArm.TrainOnAcceptedAsync(context),
            _ => SupervisedArm.TrainAsync(context),
        }).ConfigureAwait(false);
        context.Clock.Stop();
        using DecoderModel trained = context.Trainer.Serve();
        (double perToken, double perAnswer) = await heldOut.DivergenceAsync(trained).ConfigureAwait(false);
        return new EffectRow
        {
            Arm = arm,
            Family = options.Family,
            Seed = seed,
            Settings = Describe(settings),
            Answers = await heldOut.AnswerAsync(trained).ConfigureAwait(false),
            Updates = context.Trainer.Updates,
            TrainedTokens = context.Trainer.TrainedTokens,
            LearnedTokens = context.Trainer.LearnedTokens,
            SampledTokens = context.SampledTokens,
            Seconds = context.Clock.Seconds,
            ProcessorSeconds = context.Clock.ProcessorSeconds,
            Phases = context.Clock.Phases,
            Divergence = perToken,
            DivergencePerAnswer = perAnswer,
            TrainingQuestions = training,
            HeldOutQuestions = compared,
            Curve = [.. context.Curve],
        };
    }
}
