using System.Text.Json;
using Agents.Plugins.Malt.Pipeline;
using Agents.Plugins.Malt.Trees;
using Agents.Reasoning;
using Agents.Replication;
using Agents.Tracing;

namespace Agents.Plugins.Malt.Replication;

/// <summary>Runs the real strategies on the questions of the check.</summary>
/// <param name="laboratory">Model, tasks, journal.</param>
/// <param name="scale">Sizes.</param>
/// <param name="foundation">The untrained roles' model.</param>
internal sealed class MaltBench(ILaboratory laboratory, TreeScale scale, ExperimentAdapter foundation)
{
    private const int TreesPerChunk = 20;
    private const int TreesAtOnce = 4;
    private const string VerdictRight = "verdict: right";
    private const string VerdictWrong = "verdict: wrong";

    /// <summary>Chooses the level at which one answer of the untrained model is right about as often as wanted. Sees validation questions only.</summary>
    /// <param name="seed">Seed of the sets.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public Task<ChosenLevel> LevelAsync(ulong seed, CancellationToken cancellationToken) => laboratory.RememberAsync(
        "level",
        ReplicationJson.Default.ChosenLevel,
        async token =>
        {
            List<double> accuracies = [];
            foreach (int level in TreeScale.Levels)
            {
                IReadOnlyList<ExperimentItem> items = laboratory.Items(new ItemQuery(TreeScale.Family, ExperimentSplit.Validation, scale.LevelQuestions, seed) { Difficulty = level });
                ArmRun run = await laboratory.MeasureAsync($"level {level}", seed, items, (item, stop) => AnswerAsync(item, seed, MaltPipeline.G, 1, RoleAdapterSet.Of(foundation), stop), token).ConfigureAwait(false);
                accuracies.Add(run.Accuracy);
            }

            int best = Enumerable.Range(0, accuracies.Count).MinBy(i => Math.Abs(accuracies[i] - TreeScale.WantedAccuracy));
            return new ChosenLevel(TreeScale.Levels[best], accuracies);
        },
        cancellationToken);

    /// <summary>Expands the trees of one seed through <c>malt-tree</c> and judges generations and refinements.</summary>
    /// <param name="questions">Training questions.</param>
    /// <param name="seed">Seed of the samples.</param>
    /// <param name="cancellationToken">Stops the work; finished parts stay.</param>
    /// <returns>Trees with judged leaves, not backed up.</returns>
    public async Task<IReadOnlyList<RoleTree>> TreesAsync(IReadOnlyList<ExperimentItem> questions, ulong seed, CancellationToken cancellationToken)
    {
        List<RoleTree> trees = [];
        foreach (ExperimentItem[] part in questions.Chunk(TreesPerChunk))
        {
            TreeChunk chunk = await laboratory.RememberAsync(
                $"trees/{seed}/{part[0].Id}",
                ReplicationJson.Default.TreeChunk,
                async token =>
                {
                    var expanded = new RoleTree[part.Length];
                    await Parallel.ForAsync(0, part.Length, new ParallelOptions { MaxDegreeOfParallelism = TreesAtOnce, CancellationToken = token }, async (i, stop) =>
                        expanded[i] = await TreeAsync(part[i], seed, stop).ConfigureAwait(false)).ConfigureAwait(false);
                    return new TreeChunk(expanded);
                },
                cancellationToken).ConfigureAwait(false);
            trees.AddRange(chunk.Trees);
            laboratory.Say($"33: {trees.Count} of {questions.Count} trees, seed {seed}");
        }

        return trees;
    }

    /// <summary>Answers one question with <c>malt</c>, and counts what its stages did.</summary>
    /// <param name="item">The question.</param>
    /// <param name="seed">Seed of the arm.</param>
    /// <param name="pipeline">Roles of a pass.</param>
    /// <param name="passes">Passes that vote.</param>
    /// <param name="adapters">Adapters of the roles.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<Observation> AnswerAsync(ExperimentItem item, ulong seed, MaltPipeline pipeline, int passes, RoleAdapterSet adapters, CancellationToken cancellationToken)
    {
        StrategyRun run = new(MaltStrategy.Id) { Options = Options(passes, new MaltSettings(pipeline, adapters.Generator.Id, adapters.Verifier.Id, adapters.Refiner.Id)) };
        ExperimentAnswer answer = await laboratory.AnswerAsync(run, item, seed, cancellationToken).ConfigureAwait(false);
        return answer.ToObservation(await StagesAsync(item, answer.Trace, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Reads how the verdict line of a critique of the embedded model ends; null where there is none.</summary>
    /// <param name="critique">The critique.</param>
    internal static bool? Verdict(string critique) =>
        critique.TrimEnd().EndsWith(VerdictRight, StringComparison.OrdinalIgnoreCase) ? true : critique.TrimEnd().EndsWith(VerdictWrong, StringComparison.OrdinalIgnoreCase) ? false : null;

    private static StrategyOptions Options(int samples, MaltSettings settings) => new()
    {
        Samples = samples,
        Temperature = TreeScale.Temperature,
        Settings = JsonSerializer.SerializeToElement(settings, SettingsJson.Default.MaltSettings),
    };

    private async Task<RoleTree> TreeAsync(ExperimentItem item, ulong seed, CancellationToken cancellationToken)
    {
        StrategyRun run = new(MaltTreeStrategy.Id)
        {
            Options = new StrategyOptions { Samples = TreeScale.Branches, Temperature = TreeScale.TreeTemperature },
            Adapters = new Dictionary<string, ExperimentAdapter> { [ModelRoles.Default] = foundation },
        };
        ExperimentAnswer answer = await laboratory.AnswerAsync(run, item, seed, cancellationToken).ConfigureAwait(false);
        Dictionary<int, bool?> grades = await GradesAsync(item, answer.Trace, cancellationToken).ConfigureAwait(false);
        return TraceTrees.Read(item.Id, item.Question, answer.Trace, node => grades.GetValueOrDefault(node.Id));
    }

    /// <summary>Grades generations and refinements; the judge is asked once per text.</summary>
    private async Task<Dictionary<int, bool?>> GradesAsync(ExperimentItem item, IReadOnlyList<TraceNode> trace, CancellationToken cancellationToken)
    {
        Dictionary<int, bool?> grades = [];
        Dictionary<string, bool?> known = new(StringComparer.Ordinal);
        foreach (TraceNode node in trace.Where(node => node is { Kind: TraceNodeKind.Call, Text: not null } && node.Notes.GetValueOrDefault(RoleNotes.Role) is "generator" or "refiner"))
        {
            if (!known.TryGetValue(node.Text!, out bool? grade))
            {
                known[node.Text!] = grade = await laboratory.GradeAsync(item, node.Text!, cancellationToken).ConfigureAwait(false);
            }

            grades[node.Id] = grade;
        }

        return grades;
    }

    /// <summary>Counts, per pass: whether the generation was right, whether the critique's verdict agrees with that, and what the refinement turned it into.</summary>
    private async Task<Dictionary<string, double>> StagesAsync(ExperimentItem item, IReadOnlyList<TraceNode> trace, CancellationToken cancellationToken)
    {
        RoleTree tree = TraceTrees.Read(item.Id, item.Question, trace, judge: null);
        Dictionary<int, bool?> grades = await GradesAsync(item, trace, cancellationToken).ConfigureAwait(false);
        int right = 0;
        int verdicts = 0;
        int agreeing = 0;
        int fixedOnes = 0;
        int broken = 0;
        int silent = 0;
        foreach (RoleNode generation in tree.Generations)
        {
            bool good = grades.GetValueOrDefault(generation.NodeId!.Value) == true;
            right += good ? 1 : 0;
            foreach (RoleNode next in generation.Children.SelectMany(child => child.Children.Prepend(child)))
            {
                if (next.Role == MaltRole.Verifier && Verdict(next.Text) is { } verdict)
                {
                    verdicts++;
                    agreeing += verdict == good ? 1 : 0;
                }
                else if (next.Role == MaltRole.Refiner)
                {
                    bool after = grades.GetValueOrDefault(next.NodeId!.Value) == true;
                    fixedOnes += !good && after ? 1 : 0;
                    broken += good && !after ? 1 : 0;
                    silent += next.Answer is null ? 1 : 0;
                }
            }
        }

        double passes = Math.Max(1, tree.Generations.Count);
        Dictionary<string, double> values = new() { ["generationRight"] = right / passes, ["fixed"] = fixedOnes / passes, ["broken"] = broken / passes, ["silent"] = silent / passes };
        if (verdicts > 0)
        {
            values["verdictRight"] = (double)agreeing / verdicts;
        }

        return values;
    }
}
