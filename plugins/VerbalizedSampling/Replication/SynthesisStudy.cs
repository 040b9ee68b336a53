using Agents.Reasoning;
using Agents.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>
/// The use of the method inside training (papers/51 §5 C): a writer whose single problems collapsed by alignment writes training problems by each method, programs solve
/// them, and equally long trained students are compared on held-out questions with all types alike.
/// </summary>
/// <param name="laboratory">Model, training, grading.</param>
/// <param name="scale">Sizes.</param>
internal sealed class SynthesisStudy(ILaboratory laboratory, SynthesisScale scale)
{
    private const ulong DataSeed = 5_150;
    private const int Rank = 16;
    private const int AnswerTokens = 64;

    /// <summary>Runs all seeds.</summary>
    /// <param name="split">Split of the held-out questions.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<SynthesisArms> RunAsync(ExperimentSplit split, CancellationToken cancellationToken)
    {
        laboratory.Say("51: teaching the writer of problems");
        SynthesisCorpus corpus = new(laboratory, DataSeed);
        ExperimentItem[] items = [.. SynthesisCorpus.ByType(laboratory, split, scale.ItemsPerType, DataSeed).SelectMany(type => type)];
        ExperimentAdapter writer = await laboratory.TrainAsync(new AdapterTraining
        {
            Name = "writer",
            Seed = DataSeed,
            Rank = Rank,
            LearningRate = 2e-3,
            BatchSize = 32,
            Epochs = scale.CorpusEpochs,
            Conversations = corpus.Write(scale.Corpus),
        }, cancellationToken).ConfigureAwait(false);
        SynthesisArms arms = new(corpus);
        foreach (ulong seed in laboratory.Seeds)
        {
            await RunAsync(corpus, writer, items, seed, arms, cancellationToken).ConfigureAwait(false);
        }

        return arms;
    }

    private async Task RunAsync(SynthesisCorpus corpus, ExperimentAdapter writer, ExperimentItem[] items, ulong seed, SynthesisArms arms, CancellationToken cancellationToken)
    {
        laboratory.Say($"51: writing problems, seed {seed}");
        SampleStream any = new(seed, 0, 6);
        ProblemWriter pen = new(laboratory, scale.Problems, SynthesisCorpus.Asked(corpus.Draw(0, ref any)));
        async Task<WrittenSet> WriteAsync(string arm, Func<CancellationToken, Task<string[]>> write)
        {
            WrittenSet set = new(laboratory, corpus.TypeOf, await laboratory.RememberAsync($"{arm}, written with seed {seed}", ReplicationJson.Default.StringArray, write, cancellationToken).ConfigureAwait(false));
            arms.Add(arm, set);
            return set;
        }

        WrittenSet split = new(laboratory, corpus.TypeOf, Uniform(corpus, seed));
        arms.Add(SynthesisArms.Split, split);
        WrittenSet baseDirect = await WriteAsync(SynthesisArms.BaseDirect, token => pen.DirectAsync(writer, seed, token)).ConfigureAwait(false);
        WrittenSet basePlain = await WriteAsync(SynthesisArms.BasePlain, token => pen.PlainAsync(writer, seed, token)).ConfigureAwait(false);
        WrittenSet baseVerbalized = await WriteAsync(SynthesisArms.BaseVerbalized, token => pen.VerbalizedAsync(writer, seed, token)).ConfigureAwait(false);
        ExperimentAdapter aligned = await laboratory.TrainAsync(new AdapterTraining
        {
            Name = "writer-aligned",
            Seed = seed,
            LearningRate = 1e-3,
            BatchSize = 32,
            Start = writer,
            Preferences = corpus.Prefer(scale.Pairs, baseDirect.Shares, seed),
            Beta = ListingScale.Beta,
        }, cancellationToken).ConfigureAwait(false);
        WrittenSet direct = await WriteAsync(SynthesisArms.Direct, token => pen.DirectAsync(aligned, seed, token)).ConfigureAwait(false);
        WrittenSet plain = await WriteAsync(SynthesisArms.Plain, token => pen.PlainAsync(aligned, seed, token)).ConfigureAwait(false);
        WrittenSet verbalized = await WriteAsync(SynthesisArms.Verbalized, token => pen.VerbalizedAsync(aligned, seed, token)).ConfigureAwait(false);
        arms.Add(await MeasureAsync(SynthesisArms.Untrained, null, items, seed, cancellationToken).ConfigureAwait(false));
        foreach ((string arm, WrittenSet set) in (IEnumerable<(string, WrittenSet)>)
            [
                (SynthesisArms.Split, split),
                (SynthesisArms.BaseDirect, baseDirect), (SynthesisArms.BasePlain, basePlain), (SynthesisArms.BaseVerbalized, baseVerbalized),
                (SynthesisArms.Direct, direct), (SynthesisArms.Plain, plain), (SynthesisArms.Verbalized, verbalized),
            ])
        {
            arms.Add(await MeasureAsync(arm, await TeachAsync(arm, set, seed, cancellationToken).ConfigureAwait(false), items, seed, cancellationToken).ConfigureAwait(false));
        }
    }

    // As many problems as each method writes, all types alike, without one twice.
    private string[] Uniform(SynthesisCorpus corpus, ulong seed)
    {
        HashSet<string> problems = new(StringComparer.Ordinal);
        SampleStream stream = new(DataSeed + seed, 0, 7);
        for (int i = 0; problems.Count < scale.Problems; i++)
        {
            problems.Add(corpus.Draw(i % SynthesisScale.Types, ref stream).Question);
        }

        return [.. problems];
    }

    // Where nothing is left to learn from, the student stays what it is.
    private async Task<ExperimentAdapter?> TeachAsync(string arm, WrittenSet set, ulong seed, CancellationToken cancellationToken) => set.Left.Count == 0 ? null : await laboratory.TrainAsync(new AdapterTraining
    {
        Name = arm.Replace("use: ", "student-", StringComparison.Ordinal).Replace(' ', '-'),
        Seed = seed,
        Rank = Rank,
        LearningRate = 3e-3,
        BatchSize = SynthesisScale.StudentBatch,
        Steps = scale.StudentSteps,
        Conversations = [.. set.Left.Select(problem => new TrainingConversation([new ChatMessage(ChatRole.User, problem.Question)], problem.Solution))],
    }, cancellationToken).ConfigureAwait(false);

    private Task<ArmRun> MeasureAsync(string arm, ExperimentAdapter? student, ExperimentItem[] items, ulong seed, CancellationToken cancellationToken)
    {
        StrategyRun run = new("direct")
        {
            Options = new StrategyOptions { Temperature = 0, MaxTokens = AnswerTokens },
            Adapters = student is null ? [] : new Dictionary<string, ExperimentAdapter> { [ModelRoles.Default] = student },
        };
        return laboratory.MeasureAsync(arm, seed, items, async (item, token) => (await laboratory.AnswerAsync(run, item, seed, token).ConfigureAwait(false)).ToObservation(), cancellationToken);
    }
}
