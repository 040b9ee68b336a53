namespace Agents.Models.Templates.Jinja;

/// <summary>
/// A value of a template. These types are all there is: no value refers to an object of the host, so a template can reach nothing outside.
/// </summary>
internal abstract class JinjaValue
{
    /// <summary>Name of the type in messages, as Python calls it.</summary>
    public abstract string TypeName { get; }

    /// <summary>Python's truth value.</summary>
    public virtual bool IsTrue => true;

    /// <summary>Marks of all text in the value, taken together.</summary>
    public virtual TextMarks Marks(JinjaContext context) => TextMarks.None;
}
