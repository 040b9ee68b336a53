using System.CommandLine;
using System.Globalization;
using Agents.Cli.CommandLine;
using Agents.Cli.Output;
using Agents.Runtime.Trajectories;
using Spectre.Console;

namespace Agents.Cli.Commands;

/// <summary><c>agents data show</c>: recorded trajectories as trees.</summary>
internal sealed class DataShowCommand : AgentsCommand
{
    private const int TextWidth = 160;
    private readonly Argument<string> _folder = TextArgument.Create("FOLDER", "A folder that --record wrote, or one of its files.");
    private readonly Option<string?> _id = new("--id") { Description = "Show the trajectory whose id begins like this.", HelpName = "ID" };
    private readonly Option<int?> _limit = NumberOption.Whole("--limit", "How many are shown (default 1).", 1);

    public DataShowCommand()
        : base("show", "Shows recorded trajectories: every call with its value and reward.")
    {
        Arguments.Add(_folder);
        Options.Add(_id);
        Options.Add(_limit);
        Examples =
        [
            new("agents data show runs/branches", "the first recorded request"),
            new("agents data show runs/branches --id 3fa1", "one that the lineage of a training set names"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        string? id = arguments.GetValue(_id);
        int left = arguments.GetValue(_limit) ?? 1;
        int shown = 0;
        await foreach (Trajectory trajectory in TrajectoryFile.ReadAsync(arguments.GetValue(_folder)!, cancellationToken).ConfigureAwait(false))
        {
            if (id is not null && !trajectory.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            Draw(trajectory, console);
            if (++shown == left)
            {
                break;
            }
        }

        return shown > 0 ? ExitCode.Done : throw new UsageException(id is null ? "There is no recorded trajectory yet." : $"No recorded trajectory has an id that begins with '{id}'.");
    }

    private static void Draw(Trajectory trajectory, CommandConsole console)
    {
        console.Output.WriteLine($"{trajectory.Id}  {trajectory.Time.ToString("u", CultureInfo.InvariantCulture)}  {trajectory.Strategy}  {trajectory.Model}  {trajectory.Source}  {trajectory.Task.Id}");
        console.WriteModelText($"question: {Line(trajectory.Task.Question)}{Environment.NewLine}");
        TreeNode[] nodes = [.. trajectory.Nodes.Select(node => new TreeNode(new Markup(Markup.Escape(CommandConsole.Visible(Describe(node))))))];
        Tree tree = new(trajectory.Nodes.Count > 0 ? trajectory.Nodes[0].Name : trajectory.Strategy);
        foreach (TrajectoryNode node in trajectory.Nodes.Skip(1))
        {
            if (node.Parent is > 0 and { } parent)
            {
                nodes[parent].AddNode(nodes[node.Id]);
            }
            else
            {
                tree.AddNode(nodes[node.Id]);
            }
        }

        console.Screen.Write(tree);
        string verdict = trajectory.Answer?.Correct switch { true => " (right)", false => " (wrong)", null => "" };
        console.WriteModelText($"answer: {trajectory.Answer?.Final ?? Line(trajectory.Answer?.Text ?? "none")}{verdict}{Environment.NewLine}");
    }

    private static string Describe(TrajectoryNode node)
    {
        string figures = string.Concat(new[] { ("value", node.Value), ("reward", node.Reward) }
            .Where(figure => figure.Item2 is not null)
            .Select(figure => string.Create(CultureInfo.InvariantCulture, $" {figure.Item1} {figure.Item2:0.###}")));
        string read = node.Notes?.TryGetValue(Agents.Tracing.TraceNotes.Reads, out string? source) == true ? $" reads {source}" : "";
        return $"{node.Id} {node.Name}{read}{figures}{(node.Text is { } text ? ": " + Line(text) : "")}{(node.Error is { } error ? " error: " + Line(error) : "")}";
    }

    private static string Line(string text)
    {
        string line = text.ReplaceLineEndings(" / ");
        return line.Length <= TextWidth ? line : line[..(TextWidth - 1)] + "…";
    }
}
