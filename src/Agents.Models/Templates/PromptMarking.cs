using Agents.Models.Templates.Jinja;
using Agents.Models.Tokenization;

namespace Agents.Models.Templates;

/// <summary>Cuts marked text into the parts of a prompt.</summary>
internal static class PromptMarking
{
    /// <summary>Cuts a rendered text.</summary>
    /// <param name="text">Text with marks.</param>
    /// <param name="controlTokens">Control tokens, looked for in the template's own text only.</param>
    /// <param name="stopTokens">Those that end an assistant turn.</param>
    /// <param name="targetsAreExact">Whether the template marked targets itself; otherwise they come from the assistant's content.</param>
    public static List<PromptSegment> ToSegments(JinjaText text, AddedTokenTrie controlTokens, IReadOnlyList<string> stopTokens, bool targetsAreExact)
    {
        List<PromptSegment> segments = [];
        int start = 0;
        foreach ((int end, bool isContent) in Stretches(text))
        {
            if (isContent)
            {
                AddRuns(segments, text, start, end, PromptSegmentKind.Content);
            }
            else
            {
                AddTemplate(segments, text, start, end, controlTokens);
            }

            start = end;
        }

        return targetsAreExact ? segments : WithTurnEnds(segments, stopTokens);
    }

    /// <summary>Ends of the longest stretches that are all content or all template.</summary>
    private static IEnumerable<(int End, bool IsContent)> Stretches(JinjaText text)
    {
        TextRun[] runs = text.Runs.ToArray();
        for (int i = 0; i < runs.Length; i++)
        {
            bool isContent = (runs[i].Marks & TextMarks.Content) != 0;
            if (i + 1 == runs.Length || (runs[i + 1].Marks & TextMarks.Content) != 0 != isContent)
            {
                yield return (runs[i].End, isContent);
            }
        }
    }

    private static void AddTemplate(List<PromptSegment> segments, JinjaText text, int start, int end, AddedTokenTrie controlTokens)
    {
        while (controlTokens.TryFind(text.Text.AsSpan(start, end - start), out int at, out int length, out _))
        {
            AddRuns(segments, text, start, start + at, PromptSegmentKind.Template);
            start += at;
            bool isTarget = (text.MarksAt(start) & TextMarks.Target) != 0;
            segments.Add(new PromptSegment(text.Text.Substring(start, length), PromptSegmentKind.Control, isTarget));
            start += length;
        }

        AddRuns(segments, text, start, end, PromptSegmentKind.Template);
    }

    /// <summary>Adds a part, cut where its target mark changes.</summary>
    private static void AddRuns(List<PromptSegment> segments, JinjaText text, int start, int end, PromptSegmentKind kind)
    {
        while (start < end)
        {
            int run = text.RunAt(start);
            bool isTarget = (text.Runs[run].Marks & TextMarks.Target) != 0;
            while (run + 1 < text.Runs.Length && text.Runs[run].End < end && (text.Runs[run + 1].Marks & TextMarks.Target) != 0 == isTarget)
            {
                run++;
            }

            int stop = Math.Min(end, text.Runs[run].End);
            segments.Add(new PromptSegment(text.Text[start..stop], kind, isTarget));
            start = stop;
        }
    }

    /// <summary>
    /// The template's text between parts that the assistant writes, and the control token that ends its turn, are the assistant's too.
    /// </summary>
    private static List<PromptSegment> WithTurnEnds(List<PromptSegment> segments, IReadOnlyList<string> stopTokens)
    {
        int lastTarget = -1;
        for (int i = 0; i < segments.Count; i++)
        {
            PromptSegment segment = segments[i];
            bool isStop = segment.Kind == PromptSegmentKind.Control && stopTokens.Contains(segment.Text);
            if (segment.IsTarget || (lastTarget >= 0 && isStop))
            {
                for (int between = lastTarget < 0 ? i : lastTarget + 1; between <= i; between++)
                {
                    segments[between] = segments[between] with { IsTarget = true };
                }

                lastTarget = isStop ? -1 : i;
            }
            else if (segment.Kind != PromptSegmentKind.Template)
            {
                lastTarget = -1;
            }
        }

        return segments;
    }
}
