namespace Agents.Models.Templates;

/// <summary>Where a part of a rendered prompt comes from.</summary>
public enum PromptSegmentKind
{
    /// <summary>Exactly one control token of the template, such as <c>&lt;|im_start|&gt;</c>.</summary>
    Control,

    /// <summary>Plain text of the template, such as a role name.</summary>
    Template,

    /// <summary>Text of a turn; whatever it says, it does not become a control token.</summary>
    Content,
}
