using System.Globalization;
using Agents.Runtime.Trajectories;
using Agents.Tracing;

namespace Agents.Runtime.Tests.Trajectories;

/// <summary>Trajectories written by hand.</summary>
internal static class Recorded
{
    public static DateTimeOffset Time { get; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A request whose calls all read one prompt, with a reward each.</summary>
    public static Trajectory Answers(string question, params (string Text, double? Reward)[] texts) =>
        Of(question, [.. texts.Select(text => Call("default", 0, text.Text) with { Reward = text.Reward })]);

    /// <summary>A request; node 0 is its strategy.</summary>
    public static Trajectory Of(string question, params TrajectoryNode[] calls) => new()
    {
        Id = question + "/" + string.Join('|', calls.Select(call => call.Text)),
        Time = Time,
        Source = "eval",
        Task = new TrajectoryTask(question) { Id = "sums/train/0/" + question.Length.ToString(CultureInfo.InvariantCulture), Family = "sums", Split = "train", Reference = "4" },
        Strategy = "vote",
        Options = new TrajectoryOptions { Seed = 7 },
        Limits = new TrajectoryLimits(),
        Usage = new TrajectoryUsage(10, 5, calls.Length, 0.5, 0),
        Stopped = "completed",
        Model = "toy",
        Generation = "abc123",
        Tokenizers = new Dictionary<string, string> { ["default"] = "words" },
        Answer = new TrajectoryAnswer("Answer: 4") { Final = "4", Correct = true, Score = 1 },
        Prompts =
        [
            new TrajectoryPrompt([new TrajectoryMessage("user", question)]) { Tokens = [1, 2, 3] },
            new TrajectoryPrompt([new TrajectoryMessage("user", question + " check")]),
        ],
        Nodes =
        [
            new TrajectoryNode { Id = 0, Kind = "strategy", Name = "vote" },
            .. calls.Select((call, index) => call with { Id = index + 1, Parent = 0 }),
        ],
    };

    public static TrajectoryNode Call(string role, int prompt, string text, int? reads = null) => new()
    {
        Id = 0,
        Kind = "call",
        Name = role,
        Prompt = prompt,
        Text = text,
        Tokens = new TrajectoryTokens([.. text.Select(letter => (int)letter)]) { Plain = [.. text.Select(letter => -1f / letter)], Generation = "abc123", Finish = "endToken" },
        Notes = reads is { } id ? new Dictionary<string, string> { [TraceNotes.Reads] = id.ToString(CultureInfo.InvariantCulture) } : null,
    };

    public static async Task<List<Trajectory>> ReadAsync(string path)
    {
        List<Trajectory> read = [];
        await foreach (Trajectory trajectory in TrajectoryFile.ReadAsync(path, TestContext.Current.CancellationToken))
        {
            read.Add(trajectory);
        }

        return read;
    }
}
