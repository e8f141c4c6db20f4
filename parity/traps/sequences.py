"""Attention, embeddings, masks, recurrent layers."""

from parity.phrases import DIFFERS, SAME, Row
from parity.traps.base import UNITS

ENCODER = (
    "n = torch.linspace(-1, 1, 123)\n"
    "layer = nn.TransformerEncoderLayer(4, 2, dim_feedforward=3, batch_first=True{epsilon}).eval()\n"
    "(q, bq, k, bk, v, bv, out, bias) = n[:80].split([16, 4, 16, 4, 16, 4, 16, 4])\n"
    "attention = layer.self_attn\n"
    "attention.in_proj_weight.data = torch.cat([kernel.reshape(4, 4).T for kernel in (q, k, v)])\n"
    "attention.in_proj_bias.data = torch.cat([bq, bk, bv])\n"
    "attention.out_proj.weight.data, attention.out_proj.bias.data = out.reshape(4, 4).T, bias\n"
    "layer.linear1.weight.data, layer.linear1.bias.data = n[80:92].reshape(4, 3).T, n[92:95]\n"
    "layer.linear2.weight.data, layer.linear2.bias.data = n[95:107].reshape(3, 4).T, n[107:111]\n"
    "layer(n[111:].reshape(1, 3, 4))"
)
HEADS_IN_KERAS = (
    "n = np.linspace(-1, 1, 92, dtype=np.float32)\n"
    "layer = keras.layers.MultiHeadAttention(num_heads=2, key_dim=2)\n"
    "layer.build((1, 3, 4), (1, 3, 4))\n"
    "parts = np.split(n[:80], [16, 20, 36, 40, 56, 60, 76])\n"
    "layer.set_weights([part.reshape(w.shape) for part, w in zip(parts, layer.weights)])\n"
    "x = n[80:].reshape(1, 3, 4)\n"
)
HEADS = (
    "n = torch.linspace(-1, 1, 92)\n"
    "layer = nn.MultiheadAttention(4, 2, batch_first=True)\n"
    "(q, bq, k, bk, v, bv, out, bias) = n[:80].split([16, 4, 16, 4, 16, 4, 16, 4])\n"
    "layer.in_proj_weight.data = torch.cat([kernel.reshape(4, 4).T for kernel in (q, k, v)])\n"
    "layer.in_proj_bias.data = torch.cat([bq, bk, bv])\n"
    "layer.out_proj.weight.data, layer.out_proj.bias.data = out.reshape(4, 4).T, bias\n"
    "x = n[80:].reshape(1, 3, 4)\n"
)
RECURRENT = (
    "n = torch.linspace(-1, 1, 12)\n"
    "lstm = nn.LSTM(1, 1, batch_first=True)\n"
    "for weights, numbers in zip(lstm.parameters(), [n[:4], n[4:8], n[8:], torch.zeros(4)]):\n"
    "    weights.data = numbers.reshape(weights.shape)\n"
    "{calls}"
)
GROUPED = (
    "n = torch.linspace(-1, 1, 60)\n"
    "query, key, value, out = n[:16], n[16:24], n[24:32], n[32:48]\n"
    "x = n[48:].reshape(1, 3, 4)\n"
    "heads = lambda weight: (x @ weight.reshape(4, -1)).unflatten(-1, (-1, 1)).transpose(1, 2)\n"
    "{mixed}\n"
    "(mixed.transpose(1, 2).flatten(2) @ out.reshape(4, 4))[0]"
)
SEQUENCES = (
    Row(
        "MultiheadAttention: the mask, the kernels, the batch",
        HEADS_IN_KERAS + "seen = np.tril(np.ones((3, 3), bool))\nlayer(x, x, attention_mask=seen[None])",
        HEADS + "seen = torch.ones(3, 3).tril().bool()\nlayer(x, x, x, attn_mask=seen)[0]",
        DIFFERS,
        "True in Keras's attention_mask may be seen, True in PyTorch's attn_mask and key_padding_mask may not. key_dim "
        "is the size of one head, embed_dim that of all. Keras calls (query, value, key), its kernels are "
        "(inputs, heads, key_dim), and (heads, key_dim, outputs) at the end; PyTorch stacks three. Without "
        "batch_first=True PyTorch takes the first axis for the steps.",
        HEADS + "seen = torch.ones(3, 3).tril().bool()\nlayer(x, x, x, attn_mask=~seen)[0]",
        units=UNITS,
    ),
    Row(
        "TransformerEncoderLayer, MultiHeadAttention and LayerNormalization",
        "n = np.linspace(-1, 1, 123, dtype=np.float32)\n"
        "attention = keras.layers.MultiHeadAttention(num_heads=2, key_dim=2)\n"
        "wide, narrow = keras.layers.Dense(3, activation='relu'), keras.layers.Dense(4)\n"
        "first, second = keras.layers.LayerNormalization(), keras.layers.LayerNormalization()\n"
        "x = n[111:].reshape(1, 3, 4)\n"
        "attention(x, x), narrow(wide(x))\n"
        "parts = np.split(n[:80], [16, 20, 36, 40, 56, 60, 76])\n"
        "attention.set_weights([part.reshape(w.shape) for part, w in zip(parts, attention.weights)])\n"
        "wide.set_weights([n[80:92].reshape(4, 3), n[92:95]])\n"
        "narrow.set_weights([n[95:107].reshape(3, 4), n[107:111]])\n"
        "x = first(x + attention(x, x))\n"
        "second(x + narrow(wide(x)))",
        ENCODER.format(epsilon=""),
        DIFFERS,
        "Keras has no layer for it, nor for nn.TransformerDecoderLayer: these are its parts. PyTorch's epsilon is "
        "1e-5, Keras's 1e-3. It normalizes after each sum unless norm_first=True, takes relu unless activation='gelu', "
        "and, until eval(), drops a tenth of the attention's weights, of each sum's new part and between the two "
        "Linear. Given src_key_padding_mask in eval(), nn.TransformerEncoder may leave zeros where the padding is "
        "(enable_nested_tensor).",
        ENCODER.format(epsilon=", layer_norm_eps=1e-3"),
        units=2 * UNITS,
    ),
    Row(
        "GroupQueryAttention and enable_gqa",
        "n = np.linspace(-1, 1, 60, dtype=np.float32)\n"
        "layer = keras.layers.GroupQueryAttention(1, num_query_heads=4, num_key_value_heads=2, use_bias=False)\n"
        "layer.build((1, 3, 4), (1, 3, 4))\n"
        "layer.set_weights([part.reshape(w.shape) for part, w in zip(np.split(n, [16, 24, 32, 48]), layer.weights)])\n"
        "x = n[48:].reshape(1, 3, 4)\n"
        "layer(x, x)[0]",
        GROUPED.format(
            mixed="k, v = heads(key).repeat(1, 2, 1, 1), heads(value).repeat(1, 2, 1, 1)\n"
            "mixed = F.scaled_dot_product_attention(heads(query), k, v)"
        ),
        DIFFERS,
        "Neighbouring heads share a key and a value, in both: repeat_interleave along the heads, which enable_gqa "
        "does, and not repeat. nn.MultiheadAttention has no groups.",
        GROUPED.format(
            mixed="mixed = F.scaled_dot_product_attention(heads(query), heads(key), heads(value), enable_gqa=True)"
        ),
        units=UNITS,
    ),
    Row(
        "use_causal_mask and is_causal",
        HEADS_IN_KERAS + "layer(x, x, use_causal_mask=True)",
        HEADS + "layer(x, x, x)[0]",
        DIFFERS,
        "A step sees itself and those before it. nn.MultiheadAttention takes is_causal=True for a hint, and wants the "
        "mask all the same, with True or minus infinity where nothing is seen; "
        "F.scaled_dot_product_attention(q, k, v, is_causal=True) needs none.",
        HEADS + "mask = nn.Transformer.generate_square_subsequent_mask(3)\n"
        "layer(x, x, x, attn_mask=mask, is_causal=True)[0]",
        units=UNITS,
    ),
    Row(
        "Attention and scaled_dot_product_attention: the scale, and the order",
        "q, k = np.float32([[[1, 3, 0, 1]]]), np.float32([[[1, 0, 1, 1], [0, 1, 1, 0]]])\n"
        "keras.layers.Attention()([q, tf.eye(2)[None], k])",
        "q, k = torch.tensor([[[1.0, 3, 0, 1]]]), torch.tensor([[[1.0, 0, 1, 1], [0, 1, 1, 0]]])\n"
        "F.scaled_dot_product_attention(q, k, torch.eye(2)[None])",
        DIFFERS,
        "keras.layers.Attention takes the value before the key, and does not divide by sqrt(size); "
        "MultiHeadAttention does. In scaled_dot_product_attention True in a mask may be seen, as in Keras.",
        "q, k = torch.tensor([[[1.0, 3, 0, 1]]]), torch.tensor([[[1.0, 0, 1, 1], [0, 1, 1, 0]]])\n"
        "F.scaled_dot_product_attention(q, k, torch.eye(2)[None], scale=1.0)",
        units=UNITS,
    ),
    Row(
        "AdditiveAttention",
        "q, k = np.float32([[[1, -3]]]), np.float32([[[1, 0], [-1, 1]]])\n"
        "layer = keras.layers.AdditiveAttention(use_scale=False)\n"
        "layer([q, tf.eye(2)[None], k])",
        "q, k = torch.tensor([[[1.0, -3]]]), torch.tensor([[[1.0, 0], [-1, 1]]])\n"
        "F.scaled_dot_product_attention(q, k, torch.eye(2)[None])",
        DIFFERS,
        "PyTorch has none: the softmax of sum(scale * tanh(query + key)), times the values. scale, a number for each "
        "feature, is drawn by glorot_uniform and trained, unless use_scale=False.",
        "q, k = torch.tensor([[[1.0, -3]]]), torch.tensor([[[1.0, 0], [-1, 1]]])\n"
        "torch.softmax(torch.tanh(q[:, :, None] + k[:, None]).sum(-1), dim=-1) @ torch.eye(2)[None]",
        units=UNITS,
    ),
    Row(
        "mask_zero and padding_idx of an Embedding",
        "table = np.float32([[7, 7], [1, 2], [3, 5]])\n"
        "layer = keras.layers.Embedding(3, 2, mask_zero=True)\n"
        "layer.build((None,))\n"
        "layer.set_weights([table])\n"
        "keras.layers.GlobalAveragePooling1D()(layer(tf.constant([[1, 2, 0]])))",
        "table = torch.tensor([[7.0, 7.0], [1.0, 2.0], [3.0, 5.0]])\n"
        "layer = nn.Embedding.from_pretrained(table, padding_idx=0)\n"
        "layer(torch.tensor([[1, 2, 0]])).mean(dim=1)",
        DIFFERS,
        "mask_zero sends a mask along, which later layers and the loss of fit heed; row 0 is like any other. "
        "padding_idx only keeps a gradient from its row, which starts as zeros: nothing is masked. In Keras "
        "layer(ids) * tf.cast(ids != 0, 'float32')[..., None] does so.",
        "table = torch.tensor([[7.0, 7.0], [1.0, 2.0], [3.0, 5.0]])\n"
        "layer = nn.Embedding.from_pretrained(table, padding_idx=0)\n"
        "x = torch.tensor([[1, 2, 0]])\n"
        "mask = (x != 0).float().unsqueeze(-1)\n"
        "(mask * layer(x)).sum(dim=1) / mask.sum(dim=1)",
        units=UNITS,
    ),
    Row(
        "mask_zero: where the mask is lost",
        "ids = keras.Input((3,), dtype='int32')\n"
        "x = keras.layers.Embedding(3, 2, mask_zero=True)(ids)\n"
        "model = keras.Model(ids, keras.layers.GlobalAveragePooling1D()(x + x))\n"
        "model.set_weights([np.float32([[7, 7], [1, 2], [3, 5]])])\n"
        "model(np.array([[1, 2, 0]]))",
        "x = torch.tensor([[7.0, 7.0], [1.0, 2.0], [3.0, 5.0]])[torch.tensor([[1, 2, 0]])]\n"
        "mask = torch.tensor([[1.0, 1.0, 0.0]]).unsqueeze(-1)\n"
        "(mask * (x + x)).sum(dim=1) / mask.sum(dim=1)",
        DIFFERS,
        "An operator (x + a, x * 2) and a function of keras.ops drop the mask without a word, a convolution, Reshape, "
        "Flatten and Lambda with a warning: what follows counts the padding. Add, Concatenate, Dense, Dropout and "
        "LayerNormalization hand it on. Look at what the Keras model does before you port the mask.",
        "x = torch.tensor([[7.0, 7.0], [1.0, 2.0], [3.0, 5.0]])[torch.tensor([[1, 2, 0]])]\n(x + x).mean(dim=1)",
        units=UNITS,
    ),
    Row(
        "mask_zero, MultiHeadAttention and key_padding_mask",
        HEADS_IN_KERAS + "x[:, 2] = 0\nx = keras.layers.Masking()(x)\nlayer(x, x)[:, :2]",
        HEADS + "x[:, 2] = 0\nlayer(x, x, x)[0][:, :2]",
        DIFFERS,
        "Keras's layer takes the mask that an Embedding or Masking left on its inputs, and sees no padding; PyTorch "
        "wants it said, True for what may not be seen. What either gives "
        "for the padding itself is another: leave it out of what follows.",
        HEADS + "x[:, 2] = 0\nlayer(x, x, x, key_padding_mask=(x == 0).all(dim=-1))[0][:, :2]",
        units=UNITS,
    ),
    Row(
        "EmbeddingBag in Keras",
        "table = np.float32([[7, 7], [1, 2], [3, 5]])\n"
        "layer = keras.layers.Embedding(3, 2)\n"
        "layer.build((None,))\n"
        "layer.set_weights([table])\n"
        "keras.layers.GlobalAveragePooling1D()(layer(tf.constant([[1, 2, 0]])))",
        "table = torch.tensor([[7.0, 7.0], [1.0, 2.0], [3.0, 5.0]])\n"
        "nn.EmbeddingBag.from_pretrained(table)(torch.tensor([[1, 2, 0]]))",
        SAME,
        "The mean unless told. padding_idx leaves a number out of it, as mask_zero=True does in Keras.",
        units=UNITS,
    ),
    Row(
        "ReversibleEmbedding, and a head that shares its weights",
        "table = np.float32([[7, 7], [1, 2], [3, 5]])\n"
        "layer = keras.layers.ReversibleEmbedding(3, 2)\n"
        "layer.build((None,))\n"
        "layer.set_weights([table])\n"
        "layer(layer(tf.constant([[1, 2]])), reverse=True)",
        "table = torch.tensor([[7.0, 7.0], [1.0, 2.0], [3.0, 5.0]])\n"
        "embedding, head = nn.Embedding.from_pretrained(table), nn.Linear(2, 3, bias=False)\n"
        "head.weight = embedding.weight\n"
        "head(embedding(torch.tensor([[1, 2]])))",
        SAME,
        "The table as it stands is the weight of the Linear, (classes, features). One parameter under two names: the "
        "optimizer gets it once, safetensors wants one of them left out.",
        units=UNITS,
    ),
    Row(
        "RepeatVector and repeat",
        "keras.layers.RepeatVector(2)(tf.constant([[1.0, 2.0]]))",
        "torch.tensor([[1.0, 2.0]]).repeat(2, 1)",
        DIFFERS,
        "A new axis of steps after that of the batch; ConvLSTM2D, whose gates are convolutions, PyTorch has not.",
        "torch.tensor([[1.0, 2.0]])[:, None].expand(-1, 2, -1)",
    ),
    Row(
        "one_hot: a label outside of the classes",
        "tf.one_hot([1, 3, -1], 3)",
        "F.one_hot(torch.tensor([1, 3, -1]), 3)",
        DIFFERS,
        "Zeros in TensorFlow and in keras.ops.one_hot, of float32; an error in PyTorch, and integers. A loss of Keras "
        "that is given such zeros counts the sample as 0. "
        "keras.utils.to_categorical, NumPy's and in float64, takes -1 for the last class.",
        "(torch.tensor([[1], [3], [-1]]) == torch.arange(3)).float()",
    ),
    Row(
        "an LSTM after a mask: pack_padded_sequence",
        "n = np.linspace(-1, 1, 12, dtype=np.float32)\n"
        "lstm = keras.layers.LSTM(1)\n"
        "lstm.build((1, 3, 1))\n"
        "lstm.set_weights([n[:4].reshape(1, 4), n[4:8].reshape(1, 4), n[8:]])\n"
        "lstm(tf.constant([[[1.0], [2.0], [0.0]]]), mask=tf.constant([[True, True, False]]))",
        RECURRENT.format(calls="lstm(torch.tensor([[[1.0], [2.0], [0.0]]]))[1][0][0]"),
        DIFFERS,
        "The mask is Embedding's of mask_zero=True, or Masking's. Keras carries the state over a masked step, PyTorch "
        "takes it for input. Packed, each sequence has its end; of all steps, pad_packed_sequence puts zeros after it, "
        "where Keras's return_sequences=True repeats the last output unless zero_output_for_mask=True.",
        RECURRENT.format(
            calls="x = torch.tensor([[[1.0], [2.0], [0.0]]])\n"
            "lstm(nn.utils.rnn.pack_padded_sequence(x, [2], batch_first=True))[1][0][0]"
        ),
        units=UNITS,
    ),
    Row(
        "Bidirectional: the last step of the way back",
        "n = np.linspace(-1, 1, 12, dtype=np.float32)\n"
        "layer = keras.layers.Bidirectional(keras.layers.LSTM(1))\n"
        "layer.build((1, 2, 1))\n"
        "layer.set_weights(2 * [n[:4].reshape(1, 4), n[4:8].reshape(1, 4), n[8:]])\n"
        "layer(tf.constant([[[1.0], [2.0]]]))",
        "n = torch.linspace(-1, 1, 12)\n"
        "lstm = nn.LSTM(1, 1, batch_first=True, bidirectional=True)\n"
        "for weights, numbers in zip(lstm.parameters(), 2 * [n[:4], n[4:8], n[8:], torch.zeros(4)]):\n"
        "    weights.data = numbers.reshape(weights.shape)\n"
        "lstm(torch.tensor([[[1.0], [2.0]]]))[0][:, -1]",
        DIFFERS,
        "Keras joins the last state of each direction, unless merge_mode is another. That of the way back stands at "
        "the first step of PyTorch's output; at the last it has seen one step. go_backwards=True is x.flip(1) in "
        "PyTorch.",
        "n = torch.linspace(-1, 1, 12)\n"
        "lstm = nn.LSTM(1, 1, batch_first=True, bidirectional=True)\n"
        "for weights, numbers in zip(lstm.parameters(), 2 * [n[:4], n[4:8], n[8:], torch.zeros(4)]):\n"
        "    weights.data = numbers.reshape(weights.shape)\n"
        "torch.cat(tuple(lstm(torch.tensor([[[1.0], [2.0]]]))[1][0]), dim=-1)",
        units=UNITS,
    ),
    Row(
        "LSTM, GRU, RNN: what is returned",
        "x = tf.ones([2, 3, 1])\ntuple(keras.layers.LSTM(4)(x).shape)",
        "x = torch.ones(2, 3, 1)\ntuple(nn.LSTM(1, 4, batch_first=True)(x)[0].shape)",
        DIFFERS,
        "Keras returns the last output alone; with return_sequences=True that of each step, with return_state=True the "
        "last states after it, of an LSTM (h, c). PyTorch returns (the outputs of all steps, (h, c)), a GRU (outputs, "
        "h), the states with an axis for layers and directions in front.",
        "x = torch.ones(2, 3, 1)\ntuple(nn.LSTM(1, 4, batch_first=True)(x)[1][0][-1].shape)",
    ),
    Row(
        "stateful=True",
        "n = np.linspace(-1, 1, 12, dtype=np.float32)\n"
        "lstm = keras.layers.LSTM(1, stateful=True)\n"
        "lstm.build((1, 1, 1))\n"
        "lstm.set_weights([n[:4].reshape(1, 4), n[4:8].reshape(1, 4), n[8:]])\n"
        "lstm(tf.constant([[[1.0]]]))\n"
        "lstm(tf.constant([[[2.0]]]))",
        RECURRENT.format(calls="lstm(torch.tensor([[[1.0]]]))\nlstm(torch.tensor([[[2.0]]]))[1][0][0]"),
        DIFFERS,
        "nn.LSTM begins with zeros in each call, as a layer of Keras does by default: hand its state on, detached "
        "where the gradient shall end, as Keras's does. reset_state() of Keras is to hand on none.",
        RECURRENT.format(
            calls="_, state = lstm(torch.tensor([[[1.0]]]))\nlstm(torch.tensor([[[2.0]]]), state)[1][0][0]"
        ),
        units=UNITS,
    ),
    Row(
        "LSTM(dropout=...): of the inputs, or between layers",
        "layer = keras.layers.LSTM(4, dropout=0.5, seed=1)\n"
        "x = tf.ones([8, 3, 5])\n"
        "bool(tf.reduce_any(layer(x, training=True) != layer(x)))",
        "torch.manual_seed(1)\n"
        "layer = nn.LSTM(5, 4, batch_first=True, dropout=0.5)\n"
        "x = torch.ones(8, 3, 5)\n"
        "bool((layer(x)[0] != layer.eval()(x)[0]).any())",
        DIFFERS,
        "Keras drops inputs, the same in each step, and with recurrent_dropout the state; PyTorch drops the outputs of "
        "each layer but the last, anew in each step, and of one layer none. num_layers=2 is two layers of Keras, the "
        "first with return_sequences=True, and a Dropout between them.",
        "torch.manual_seed(1)\n"
        "layer = nn.LSTM(5, 4, batch_first=True)\n"
        "x = torch.ones(8, 3, 5)\n"
        "dropped = x * F.dropout(torch.ones(8, 1, 5), 0.5)\n"
        "bool((layer(dropped)[0] != layer(x)[0]).any())",
    ),
    Row(
        "Softmax: the axis",
        "keras.layers.Softmax()(np.arange(8, dtype=np.float32).reshape(2, 2, 2) ** 2)",
        "nn.Softmax()(torch.arange(8.0).reshape(2, 2, 2) ** 2)",
        DIFFERS,
        "The last in Keras. PyTorch, unless told, takes axis 0 of three and 1 of two or four, and warns. Over the "
        "classes of a segmentation it is dim=1 in PyTorch, where they stand there. nn.Softmin is the softmax of -x.",
        "nn.Softmax(dim=-1)(torch.arange(8.0).reshape(2, 2, 2) ** 2)",
        units=UNITS,
    ),
)
