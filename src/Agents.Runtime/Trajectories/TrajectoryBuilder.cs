using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Agents.Budgets;
using Agents.Evaluation.Verification;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Tracing;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Trajectories;

/// <summary>Makes the record of a finished request. Where its provenance has a judge, the answer and every text that is an answer, kept or discarded, get a verdict.</summary>
/// <param name="answers">How answers are found in texts.</param>
internal sealed class TrajectoryBuilder(AnswerFormat answers)
{
    /// <summary>Roles whose texts answer the question.</summary>
    private static readonly string[] Answering = [ModelRoles.Default, ModelRoles.Aggregator, ModelRoles.Refiner];

    /// <summary>Longest text of one of a strategy's own figures.</summary>
    private const int MaximumDetail = 256;

    /// <summary>Makes the record.</summary>
    /// <param name="finished">The request.</param>
    public async ValueTask<Trajectory> BuildAsync(FinishedRequest finished)
    {
        ReasoningResult result = finished.Result;
        RequestProvenance provenance = finished.Request.Provenance;
        StrategyOptions options = finished.Request.Options;
        TrajectoryPrompts prompts = new();
        List<TrajectoryNode> nodes = new(result.Trace.Count);
        foreach (TraceNode node in result.Trace)
        {
            nodes.Add(Node(node, prompts.IndexOf(node), await RewardAsync(finished, node).ConfigureAwait(false)));
        }

        Verdict? verdict = result.Answer is { } answer && provenance.Judge is { } judge
            ? await judge.JudgeAsync(new VerificationRequest(finished.Task.Question, answer.Text, finished.Task.Id)).ConfigureAwait(false)
            : null;
        Trajectory trajectory = new()
        {
            Id = "",
            Time = finished.Ended,
            Source = provenance.Source,
            Task = new TrajectoryTask(finished.Task.Question) { Id = finished.Task.Id, Family = provenance.Family, Split = provenance.Split, Reference = provenance.Reference },
            Strategy = result.Strategy,
            Options = new TrajectoryOptions { Samples = options.Samples, Temperature = options.Temperature, MaxTokens = options.MaxTokens, Seed = options.Seed, Settings = options.Settings },
            Limits = Limits(finished.Budget),
            Usage = new TrajectoryUsage(result.Usage.PromptTokens, result.Usage.CompletionTokens, result.Usage.Calls, result.Usage.Elapsed.TotalSeconds, result.Usage.Cost),
            Stopped = JsonNames.Camel(result.StoppedBecause),
            Model = result.Model,
            Generation = result.Generation,
            Tokenizers = Tokenizers(finished),
            Answer = Answer(result.Answer, verdict),
            Prompts = prompts.Items,
            Nodes = nodes,
        };
        return trajectory with { Id = IdOf(trajectory) };
    }

    private static TrajectoryLimits Limits(Budget budget) => new()
    {
        Tokens = budget.Tokens,
        Calls = budget.Calls,
        Seconds = budget.Duration?.TotalSeconds,
        Cost = budget.Cost,
    };

    private static TrajectoryAnswer? Answer(ReasoningAnswer? answer, Verdict? verdict) => answer is null ? null : new TrajectoryAnswer(answer.Text)
    {
        Final = answer.FinalAnswer,
        Correct = verdict?.Correct,
        Score = verdict?.Score,
        Details = answer.Details.ToDictionary(pair => pair.Key, pair => Cut(Convert.ToString(pair.Value, CultureInfo.InvariantCulture) ?? "")),
    };

    private static string Cut(string text) => text.Length <= MaximumDetail ? text : text[..(MaximumDetail - 1)] + "…";

    private static Dictionary<string, string> Tokenizers(FinishedRequest finished)
    {
        Dictionary<string, string> known = new(StringComparer.Ordinal);
        foreach (string role in finished.Result.Trace.Where(node => node is { Record: not null, Role: not null }).Select(node => node.Role!).Distinct())
        {
            if (finished.FindTokenizer(role) is { } fingerprint)
            {
                known[role] = fingerprint;
            }
        }

        return known;
    }

    private static TrajectoryNode Node(TraceNode node, int? prompt, double? reward) => new()
    {
        Id = node.Id,
        Parent = node.ParentId,
        Kind = JsonNames.Camel(node.Kind),
        Name = node.Name,
        Role = node.Role == node.Name ? null : node.Role,
        Model = node.Model,
        Prompt = prompt,
        Text = node.Text,
        Tokens = node.Record is { } record ? Tokens(record) : null,
        PromptTokens = node.PromptTokens,
        CompletionTokens = node.CompletionTokens,
        Attempt = node.Attempt,
        Start = Math.Round(node.Start.TotalMilliseconds, 3),
        Duration = node.Duration is { } duration ? Math.Round(duration.TotalMilliseconds, 3) : null,
        Value = node.Value,
        Reward = reward,
        Adapters = node.Adapters.Count == 0 ? null : [.. node.Adapters.Select(use => new TrajectoryAdapter(use.Id, use.Weight))],
        Notes = node.Notes.Count == 0 ? null : node.Notes,
        Error = node.Error,
    };

    private static TrajectoryTokens Tokens(GenerationRecord record) => new(record.CompletionTokenIds)
    {
        Plain = record.PlainLogProbabilities,
        Behavior = record.BehaviorLogProbabilities.SequenceEqual(record.PlainLogProbabilities) ? null : record.BehaviorLogProbabilities,
        KeptMass = record.KeptMass.All(mass => mass == 1) ? null : record.KeptMass,
        Temperature = record.Temperature,
        Generation = record.GenerationId,
        Finish = JsonNames.Camel(record.Finish),
    };

    /// <summary>Content decides the id, so that the same request in two files is one.</summary>
    private static string IdOf(Trajectory trajectory)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(trajectory.Time.UtcTicks.ToString(CultureInfo.InvariantCulture));
        Add(trajectory.Source);
        Add(trajectory.Task.Id);
        Add(trajectory.Task.Question);
        Add(trajectory.Strategy);
        Add(trajectory.Options.Seed.ToString(CultureInfo.InvariantCulture));
        Add(trajectory.Generation ?? trajectory.Model ?? "");
        foreach (TrajectoryNode node in trajectory.Nodes)
        {
            Add(node.Text ?? "");
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12));

        void Add(string text)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData([0]);
        }
    }

    /// <summary>A verdict of 1 or 0 for texts that answer the question; null for those that do something else, such as a critique, and for what nobody can judge.</summary>
    private async ValueTask<double?> RewardAsync(FinishedRequest finished, TraceNode node)
    {
        if (node.Reward is not null || finished.Request.Provenance.Judge is not { } judge || node is not { Kind: TraceNodeKind.Call, Text: { } text, Error: null, Role: { } role } || !Answering.Contains(role))
        {
            return node.Reward;
        }

        bool answer = node.Notes.ContainsKey(TraceNotes.Candidate) || node.Notes.ContainsKey(TraceNotes.Answer) || answers.Find(text) is { Source: not AnswerSource.LastNumber };
        if (!answer)
        {
            return null;
        }

        Verdict verdict = await judge.JudgeAsync(new VerificationRequest(finished.Task.Question, text, finished.Task.Id)).ConfigureAwait(false);
        return verdict.Correct switch { true => 1, false => 0, null => null };
    }
}
