using System.Text;
using Microsoft.Extensions.AI;

namespace Agents.Models.Chat.Tools;

/// <summary>
/// Finds calls of tools in an answer that arrives in pieces. Text in front is passed on at once; what may be the beginning of a call is held back until it
/// is decided. What turns out to be no call stays text and is reported. Not safe for concurrent calls.
/// </summary>
/// <param name="format">How the model writes calls.</param>
/// <param name="names">Names of the tools that were offered.</param>
/// <param name="nextId">Makes the identity of a call.</param>
/// <param name="begun">Whether the prompt ends inside a call already: its opening is not part of the answer.</param>
internal sealed class ToolCallReader(ToolCallFormat format, IReadOnlySet<string> names, Func<string> nextId, bool begun)
{
    /// <summary>Error code of text that began like a call.</summary>
    public const string MalformedCode = "malformed_tool_call";

    private readonly StringBuilder _held = new();
    private bool _inCall = begun;
    private bool _marked = begun;
    private bool _plain;
    private bool _reports;
    private string _opening = "";
    private JsonExtent _extent;
    private int _scanned;
    private int _calls;

    /// <summary>Gets the number of calls so far.</summary>
    public int Calls => _calls;

    /// <summary>Takes text.</summary>
    /// <param name="text">The next text.</param>
    /// <param name="contents">Receives what is decided: text, calls, errors.</param>
    public void Append(string text, List<AIContent> contents)
    {
        _held.Append(text);
        while (_held.Length > 0 && (_inCall ? TryEndCall(contents) : TryBeginCall(contents)))
        {
        }
    }

    /// <summary>Takes a control token of the format.</summary>
    /// <param name="marker">Its text.</param>
    /// <param name="contents">Receives what is decided.</param>
    public void AppendMarker(string marker, List<AIContent> contents)
    {
        if (marker is ToolCallFormats.OpenTag or ToolCallFormats.CloseTag)
        {
            Append(marker, contents);
            return;
        }

        Finish(contents);
        _inCall = true;
        _marked = true;
        _opening = marker;
    }

    /// <summary>Ends the answer.</summary>
    /// <param name="contents">Receives the rest.</param>
    public void Finish(List<AIContent> contents)
    {
        string rest = _held.ToString();
        _held.Clear();
        if (_inCall)
        {
            Decide(rest.Trim(), _opening + rest, contents);
            Leave();
        }
        else if (_calls == 0 || !string.IsNullOrWhiteSpace(rest))
        {
            AddText(rest, contents);
        }

        if (_reports)
        {
            _reports = false;
            Report(contents);
        }
    }

    private bool TryBeginCall(List<AIContent> contents)
    {
        if (_plain || format == ToolCallFormat.List)
        {
            AddText(Take(_held.Length), contents);
            return false;
        }

        return format == ToolCallFormat.Tags ? TryBeginTag(contents) : TryBeginBare(contents);
    }

    private bool TryBeginTag(List<AIContent> contents)
    {
        string held = _held.ToString();
        int at = held.IndexOf(ToolCallFormats.OpenTag, StringComparison.Ordinal);
        int shown = at >= 0 ? at : held.Length - Overlap(held, ToolCallFormats.OpenTag);
        bool onlySpace = string.IsNullOrWhiteSpace(held[..shown]);

        // Behind a call, space that only leads to the next one or to the end is part of the format.
        if (!(_calls > 0 && onlySpace))
        {
            AddText(Take(shown), contents);
        }
        else if (at >= 0)
        {
            Take(shown);
        }

        if (at < 0)
        {
            return false;
        }

        Take(ToolCallFormats.OpenTag.Length);
        Enter(ToolCallFormats.OpenTag);
        return true;
    }

    /// <summary>A bare call is the whole answer, so only its first sign can begin one; behind a call another may follow.</summary>
    private bool TryBeginBare(List<AIContent> contents)
    {
        int first = 0;
        while (first < _held.Length && (char.IsWhiteSpace(_held[first]) || (_calls > 0 && _held[first] == ';')))
        {
            first++;
        }

        if (first == _held.Length)
        {
            return false;
        }

        if (_held[first] == '{')
        {
            Enter(Take(first));
            return true;
        }

        _plain = true;
        AddText(Take(_held.Length), contents);
        return false;
    }

    private bool TryEndCall(List<AIContent> contents)
    {
        if (format == ToolCallFormat.Tags)
        {
            // The tag may stand inside a string of the arguments: the JSON value decides first.
            int close = IndexOfClose();
            if (close < 0)
            {
                return false;
            }

            string inside = Take(close);
            Take(ToolCallFormats.CloseTag.Length);
            Decide(inside.Trim(), ToolCallFormats.OpenTag + inside + ToolCallFormats.CloseTag, contents);
            Leave();
            return true;
        }

        if (_scanned == 0)
        {
            int first = 0;
            while (first < _held.Length && char.IsWhiteSpace(_held[first]))
            {
                first++;
            }

            if (first == _held.Length)
            {
                return false;
            }

            if (_held[first] is not ('{' or '['))
            {
                // Behind the marker stands something else, such as code: the rest of the answer is text.
                _plain = true;
                _reports = true;
                AddText(_opening + Take(_held.Length), contents);
                Leave();
                return false;
            }

            _opening += Take(first);
        }

        int end = _extent.Find(_held.ToString(_scanned, _held.Length - _scanned));
        if (end < 0)
        {
            _scanned = _held.Length;
            return false;
        }

        string json = Take(_scanned + end);
        Decide(json, _opening + json, contents);
        Leave();
        return true;
    }

    /// <summary>Where the closing tag stands behind the JSON value; the first one anywhere when the value never ends.</summary>
    private int IndexOfClose()
    {
        string held = _held.ToString();
        int start = held.AsSpan().IndexOfAnyExcept(" \n\r\t");
        if (start < 0)
        {
            return -1;
        }

        if (held[start] == '{')
        {
            JsonExtent extent = default;
            int end = extent.Find(held.AsSpan(start));
            if (end >= 0)
            {
                return held.IndexOf(ToolCallFormats.CloseTag, start + end, StringComparison.Ordinal);
            }

            // A tag inside a value that is still open may be part of a string; a second opening shows that it is not.
            int next = held.IndexOf(ToolCallFormats.OpenTag, StringComparison.Ordinal);
            int close = held.IndexOf(ToolCallFormats.CloseTag, StringComparison.Ordinal);
            return close >= 0 && next > close ? close : -1;
        }

        return held.IndexOf(ToolCallFormats.CloseTag, StringComparison.Ordinal);
    }

    private void Decide(string json, string written, List<AIContent> contents)
    {
        bool read = ToolCallText.TryRead(json, out List<ToolCallText> calls);
        if (!read || (!_marked && format == ToolCallFormat.Bare && !calls.TrueForAll(call => names.Contains(call.Name))))
        {
            // An answer in JSON is no mistake; only what is marked as a call is.
            if (_marked || format != ToolCallFormat.Bare)
            {
                Malformed(written, contents);
            }
            else
            {
                AddText(written, contents);
            }

            return;
        }

        foreach (ToolCallText call in calls)
        {
            _calls++;
            contents.Add(new FunctionCallContent(nextId(), call.Name, call.Arguments));
        }
    }

    private static void Malformed(string written, List<AIContent> contents)
    {
        AddText(written, contents);
        Report(contents);
    }

    private static void Report(List<AIContent> contents) =>
        contents.Add(new ErrorContent("The model began a tool call that is no JSON object with a name and arguments; it stays text.") { ErrorCode = MalformedCode });

    private void Enter(string opening)
    {
        _inCall = true;
        _opening = opening;
    }

    private void Leave()
    {
        _inCall = false;
        _marked = false;
        _opening = "";
        _extent = default;
        _scanned = 0;
    }

    private string Take(int count)
    {
        string taken = _held.ToString(0, count);
        _held.Remove(0, count);
        return taken;
    }

    private static void AddText(string text, List<AIContent> contents)
    {
        if (text.Length > 0)
        {
            contents.Add(new TextContent(text));
        }
    }

    /// <summary>Length of the longest end of a text that is a beginning of a tag.</summary>
    private static int Overlap(string text, string tag)
    {
        for (int length = Math.Min(tag.Length - 1, text.Length); length > 0; length--)
        {
            if (text.AsSpan(text.Length - length).SequenceEqual(tag.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }
}
