namespace Agents.Models.Templates.Jinja;

/// <summary>A dictionary that keeps the order of its keys. Immutable once a template sees it.</summary>
internal sealed class JinjaMap : JinjaValue
{
    private readonly OrderedDictionary<JinjaValue, JinjaValue> _entries = new(JinjaKeyComparer.Instance);

    public IReadOnlyList<KeyValuePair<JinjaValue, JinjaValue>> Entries => _entries;

    public override string TypeName => "dict";

    public override bool IsTrue => _entries.Count > 0;

    /// <summary>Sets an entry; a key that exists keeps its place.</summary>
    public void Set(JinjaValue key, JinjaValue value) => _entries[key] = value;

    public void Set(string key, JinjaValue value) => Set(new JinjaText(key), value);

    public JinjaValue? Find(JinjaValue key) => JinjaKeyComparer.CanBeKey(key) ? _entries.GetValueOrDefault(key) : null;

    public JinjaValue? Find(string key) => _entries.GetValueOrDefault(new JinjaText(key));

    public override TextMarks Marks(JinjaContext context)
    {
        TextMarks marks = TextMarks.None;
        context.Enter();
        context.Step(_entries.Count);
        foreach ((JinjaValue key, JinjaValue value) in _entries)
        {
            marks = JinjaText.Join(JinjaText.Join(marks, key.Marks(context)), value.Marks(context));
        }

        context.Leave();
        return marks;
    }
}
