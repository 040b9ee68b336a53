using System.Globalization;
using Agents.Replication;
using Agents.Tracing;

namespace Agents.Plugins.Malt.Tests.Replication;

/// <summary>The trace of a small tree: two solutions, two critiques of each, two refinements of each critique; half of everything is right.</summary>
internal static class ScriptedTree
{
    public static IReadOnlyList<TraceNode> Of(ExperimentItem item, ulong seed)
    {
        List<TraceNode> nodes = [new TraceNode { Id = 0, Kind = TraceNodeKind.Strategy, Name = MaltTreeStrategy.Id }];
        for (int g = 0; g < 2; g++)
        {
            int generation = Add("generator", Text(item, g == 0, $"g{g}"), null);
            for (int v = 0; v < 2; v++)
            {
                int critique = Add("verifier", $"critique {v} of {g}\nverdict: {(v == 0 ? "right" : "wrong")}", generation);
                for (int r = 0; r < 2; r++)
                {
                    Add("refiner", Text(item, v == 0 && ((ulong)(g + r) + seed) % 3 != 0, $"g{g}v{v}r{r}"), critique);
                }
            }
        }

        return nodes;

        int Add(string role, string text, int? reads)
        {
            Dictionary<string, string> notes = new() { ["malt.role"] = role };
            if (reads is { } id)
            {
                notes[TraceNotes.Reads] = id.ToString(CultureInfo.InvariantCulture);
            }

            nodes.Add(new TraceNode { Id = nodes.Count, ParentId = 0, Kind = TraceNodeKind.Call, Name = role, Role = role, Text = text, Notes = notes });
            return nodes.Count - 1;
        }
    }

    private static string Text(ExperimentItem item, bool right, string mark) => $"{mark}\nanswer: {(right ? item.Answer : "nothing")}";
}
