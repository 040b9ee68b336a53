namespace Agents.Models.Templates.Jinja;

/// <summary>A list or a tuple. Immutable, as the sandbox of published templates forbids changing lists.</summary>
/// <param name="items">The elements.</param>
/// <param name="isTuple">Whether it is written with parentheses.</param>
internal sealed class JinjaList(IReadOnlyList<JinjaValue> items, bool isTuple = false) : JinjaValue
{
    public IReadOnlyList<JinjaValue> Items => items;

    public bool IsTuple => isTuple;

    public override string TypeName => isTuple ? "tuple" : "list";

    public override bool IsTrue => items.Count > 0;

    public override TextMarks Marks(JinjaContext context)
    {
        TextMarks marks = TextMarks.None;
        context.Enter();
        context.Step(items.Count);
        foreach (JinjaValue item in items)
        {
            marks = JinjaText.Join(marks, item.Marks(context));
        }

        context.Leave();
        return marks;
    }
}
