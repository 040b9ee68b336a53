namespace Agents.Models.Templates.Jinja;

/// <summary>A parameter of a macro.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Default">Its value when the call gives none; null when it is then undefined.</param>
internal sealed record JinjaParameter(string Name, JinjaExpression? Default);
