namespace Agents.Models.Decoder;

/// <summary>Name and size of a parameter, before anything is allocated.</summary>
/// <param name="Name">Hugging Face name.</param>
/// <param name="Rows">Number of outputs; 1 for vectors.</param>
/// <param name="Columns">Number of inputs, or the length of a vector.</param>
public readonly record struct TensorPlan(string Name, int Rows, int Columns)
{
    /// <summary>Lists the parameters of a model in canonical order: embedding, layers, final norm, untied head.</summary>
    /// <param name="shape">Architecture and sizes.</param>
    public static IReadOnlyList<TensorPlan> Of(ModelShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        int hidden = shape.HiddenSize;
        List<TensorPlan> plan = [new("model.embed_tokens.weight", shape.VocabularySize, hidden)];
        for (int i = 0; i < shape.Layers.Length; i++)
        {
            LayerShape layer = shape.Layers[i];
            string at = $"model.layers.{i}.";
            plan.Add(new(at + "input_layernorm.weight", 1, hidden));
            plan.Add(new(at + "self_attn.q_proj.weight", layer.QueryWidth, hidden));
            plan.Add(new(at + "self_attn.k_proj.weight", layer.KeyValueWidth, hidden));
            plan.Add(new(at + "self_attn.v_proj.weight", layer.KeyValueWidth, hidden));
            plan.Add(new(at + "self_attn.o_proj.weight", hidden, layer.QueryWidth));
            if (shape.AttentionBias)
            {
                plan.Add(new(at + "self_attn.q_proj.bias", 1, layer.QueryWidth));
                plan.Add(new(at + "self_attn.k_proj.bias", 1, layer.KeyValueWidth));
                plan.Add(new(at + "self_attn.v_proj.bias", 1, layer.KeyValueWidth));
            }

            if (shape.QueryKeyNorm)
            {
                plan.Add(new(at + "self_attn.q_norm.weight", 1, layer.HeadSize));
                plan.Add(new(at + "self_attn.k_norm.weight", 1, layer.HeadSize));
            }

            plan.Add(new(at + "post_attention_layernorm.weight", 1, hidden));
            plan.Add(new(at + "mlp.gate_proj.weight", layer.FeedForwardSize, hidden));
            plan.Add(new(at + "mlp.up_proj.weight", layer.FeedForwardSize, hidden));
            plan.Add(new(at + "mlp.down_proj.weight", hidden, layer.FeedForwardSize));
        }

        plan.Add(new("model.norm.weight", 1, hidden));
        if (!shape.TiedEmbeddings)
        {
            plan.Add(new("lm_head.weight", shape.VocabularySize, hidden));
        }

        return plan;
    }
}
