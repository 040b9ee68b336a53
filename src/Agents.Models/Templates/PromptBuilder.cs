namespace Agents.Models.Templates;

/// <summary>Collects the parts of a prompt.</summary>
internal sealed class PromptBuilder
{
    private readonly List<PromptSegment> _segments = [];

    public PromptBuilder Control(string text, bool target = false) => Add(text, PromptSegmentKind.Control, target);

    public PromptBuilder Template(string text, bool target = false) => Add(text, PromptSegmentKind.Template, target);

    public PromptBuilder Content(string text, bool target = false) => Add(text, PromptSegmentKind.Content, target);

    public RenderedPrompt Build(string templateName) => new(templateName, _segments);

    private PromptBuilder Add(string text, PromptSegmentKind kind, bool target)
    {
        if (text.Length > 0)
        {
            _segments.Add(new PromptSegment(text, kind, target));
        }

        return this;
    }
}
