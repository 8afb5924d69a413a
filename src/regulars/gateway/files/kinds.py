"""What a file of each kind may hold: our fields, the words people use for them, and which are needed.

For the mapping (`matching.py`), the conversion, the page and the sample files. The targets are the columns that the rooms'
set-based services take.
"""

from __future__ import annotations

from dataclasses import dataclass

from regulars.gateway.files.fields import Field, Type, words

ENDINGS = {
    ".csv": "text", ".tsv": "text", ".txt": "text", ".xlsx": "xlsx", ".parquet": "parquet",
    ".json": "json", ".ndjson": "json", ".jsonl": "json", ".zip": "zip", ".gz": "gzip",
}  # fmt: skip
FLAG_WORDS = {
    "true": ("true", "yes", "y", "1", "t", "x", "是", "有", "对"),
    "false": ("false", "no", "n", "0", "f", "否", "无", "非"),
}

_FORMATS = {
    "supermarket": words("supermarket|grocery|hypermarket|超市|大卖场"),
    "convenience": words("convenience|convenience store|便利店"),
    "department": words("department|department store|百货|百货商场"),
    "apparel": words("apparel|fashion|clothing|服装|服饰"),
    "pharmacy": words("pharmacy|drugstore|药店|药房"),
    "beauty": words("beauty|cosmetics|美妆|化妆品"),
    "online": words("online|web|e-commerce|电商|线上|网店"),
    "other": words("other|其他"),
}
_GENDERS = {
    "F": words("f|female|woman|女|女士|女性"),
    "M": words("m|male|man|男|先生|男性"),
    "X": words("x|other|diverse|其他"),
}
_CUSTOMER_KINDS = {
    "person": words("person|individual|个人"),
    "household": words("household|family|家庭"),
    "company": words("company|business|企业|公司"),
}
_RECEIPT_KINDS = {
    "sale": words("sale|sales|purchase|s|销售|售出|消费"),
    "return": words("return|refund|r|退货|退款"),
}
_CHANNELS = {
    "store": words("store|pos|offline|in store|门店|线下"),
    "online": words("online|web|webshop|线上|网店|官网"),
    "app": words("app|mini program|小程序"),
    "marketplace": words("marketplace|amazon|tmall|jd|平台|天猫|京东"),
    "phone": words("phone|hotline|电话"),
}
_TENDERS = {
    "cash": words("cash|现金"),
    "card": words("card|credit card|debit card|visa|mastercard|unionpay|银行卡|信用卡|刷卡|银联"),
    "wallet": words("wallet|wechat|wechat pay|alipay|apple pay|google pay|paypal|微信|微信支付|支付宝"),
    "stored_value": words("stored_value|stored value|储值|储值卡|余额"),
    "gift_card": words("gift_card|gift card|voucher|礼品卡|购物卡"),
    "points": words("points|积分|积分抵扣"),
    "invoice": words("invoice|on account|挂账|月结"),
    "other": words("other|其他"),
    "unspecified": words("unspecified|unknown|未知"),
}

STORES = (
    Field("code", Type.CODE, required=True, length_max=64, example="SH-001", names=words("store|store code|store id|store_id|store no|shop code|门店|门店编号|门店编码|门店代码|店号|店铺编号")),
    Field("name", example="Nanjing Road", length_max=200, names=words("store name|shop name|门店名称|店名|店铺名称|名称")),
    Field("region", Type.CODE, length_max=64, target="region_code", example="East", names=words("area|district|区域|大区|片区")),
    Field("timezone", Type.CODE, length_max=64, example="Asia/Shanghai", names=words("time zone|tz|时区")),
    Field("day_cutoff", Type.CLOCK, target="day_cutoff_minutes", example="04:00", names=words("day cut-off|cutoff|day start|日切时间|营业日切换时间|日结时间")),
    Field("format", Type.CHOICE, choices=_FORMATS, example="supermarket", names=words("store format|store type|业态|门店类型")),
    Field("address", example="100 Nanjing Road", names=words("street|street address|地址|门店地址|详细地址")),
    Field("city", length_max=120, example="Shanghai", names=words("town|城市|所在城市")),
    Field("latitude", Type.DECIMAL, example="31.2357", names=words("lat|纬度")),
    Field("longitude", Type.DECIMAL, example="121.4737", names=words("lng|lon|long|经度")),
    Field("size_sqm", Type.INTEGER, negative=False, example="850", names=words("size|area sqm|square meters|sales area|面积|营业面积")),
    Field("opened_on", Type.DATE, example="2019-05-01", names=words("opened|opening date|open date|开业日期|开店日期")),
    Field("closed_on", Type.DATE, names=words("closed|closing date|close date|闭店日期|关店日期")),
    Field("currency", Type.CODE, length_max=3, example="CNY", names=words("currency code|币种|货币")),
    Field("open_hours", example="mon-sun 08:00-22:00", names=words("opening hours|hours|business hours|营业时间")),
)  # fmt: skip

PRODUCTS = (
    Field("sku", Type.CODE, required=True, length_max=64, example="690001", names=words("product|product id|product_id|product code|item|item no|item code|article|article no|sku id|商品编码|商品编号|商品代码|货号|商品|单品编码")),
    Field("name", example="Oolong tea 500 ml", names=words("product name|item name|title|description|商品名称|品名|名称")),
    Field("category", length_max=400, example="Drinks / Tea / Oolong", names=words("category path|product category path|商品分类|品类|类目|分类")),
    Field("category_1", length_max=200, names=words("department|level 1|category level 1|main category|大类|一级分类|部门|一级类目")),
    Field("category_2", length_max=200, names=words("product_category|level 2|category level 2|subcategory|sub category|中类|二级分类|二级类目")),
    Field("category_3", length_max=200, names=words("product_type|level 3|category level 3|小类|三级分类|三级类目")),
    Field("brand", length_max=200, example="Shanlin", names=words("brand name|品牌|品牌名称")),
    Field("private_label", Type.FLAG, example="no", names=words("own brand|store brand|自有品牌|是否自有品牌")),
    Field("supplier_code", Type.CODE, length_max=64, example="V-204", names=words("supplier|supplier id|manufacturer|manufacturer id|manufacturer_id|vendor|vendor code|供应商编码|供应商编号|厂商编码|供应商")),
    Field("supplier_name", length_max=200, example="Shanlin Foods", names=words("manufacturer name|vendor name|供应商名称|厂商名称")),
    Field("barcode", Type.CODE, length_max=64, example="6901234567892", names=words("ean|upc|gtin|条码|条形码|国际条码")),
    Field("package_size", length_max=80, example="500 ml", names=words("package|pack size|unit size|规格|包装规格")),
    Field("price", Type.AMOUNT, negative=False, target="price_amount", example="5.50", names=words("list price|unit price|retail price|售价|零售价|价格|单价")),
    Field("cost", Type.AMOUNT, negative=False, target="cost_amount", example="3.10", names=words("unit cost|purchase price|成本|进价|成本价")),
    Field("counts_units", Type.FLAG, example="yes", names=words("count units|pieces|计件|按件计数")),
)  # fmt: skip

CUSTOMERS = (
    Field("external_id", Type.CODE, length_max=200, example="C-10023", names=words("customer|customer id|customer_id|member id|member_id|member no|household id|household_id|id|会员号|会员编号|会员id|顾客编号|客户编号")),
    Field("phone", Type.CODE, length_max=40, example="13800138000", names=words("mobile|mobile phone|phone number|telephone|tel|cell|手机|手机号|手机号码|电话|联系电话")),
    Field("email", Type.CODE, length_max=200, example="min.zhang@example.com", names=words("e-mail|mail|email address|邮箱|电子邮箱|邮件")),
    Field("card", Type.CODE, length_max=64, example="8800002041", names=words("card no|card number|member card|loyalty card|会员卡号|卡号|会员卡")),
    Field("name", length_max=200, example="张敏", names=words("customer name|full name|member name|姓名|会员姓名|顾客姓名|名字")),
    Field("kind", Type.CHOICE, choices=_CUSTOMER_KINDS, names=words("customer kind|customer type|顾客类型|客户类型")),
    Field("gender", Type.CHOICE, choices=_GENDERS, example="F", names=words("sex|性别")),
    Field("birth_date", Type.DATE, example="1988-03-15", names=words("birthday|birthdate|date of birth|dob|生日|出生日期")),
    Field("age_band", length_max=20, example="35-44", names=words("age|age group|age range|年龄段|年龄")),
    Field("occupation", length_max=80, example="Teacher", names=words("job|profession|职业")),
    Field("education", length_max=40, example="Bachelor", names=words("degree|学历|教育程度")),
    Field("income_band", length_max=40, example="50-74K", names=words("income|收入|收入水平|收入区间")),
    Field("marital_status", length_max=20, example="Married", names=words("marriage|婚姻|婚姻状况")),
    Field("household_size", length_max=10, example="3", names=words("family size|家庭人数|家庭人口")),
    Field("household_structure", length_max=60, example="2 Adults Kids", names=words("household_comp|household composition|family structure|家庭结构")),
    Field("children", length_max=20, example="1", names=words("kids|kids_count|children count|子女数|孩子数|子女")),
    Field("home_ownership", length_max=40, example="Homeowner", names=words("homeowner|housing|住房情况|住房")),
    Field("city", length_max=120, example="Shanghai", names=words("town|城市|所在城市")),
    Field("address", length_max=300, example="No. 8, Lane 20", names=words("street|home address|地址|住址|家庭住址|通讯地址")),
    Field("language", Type.CODE, length_max=10, example="zh-Hans", names=words("lang|locale|语言")),
    Field("home_store", Type.CODE, length_max=64, example="SH-001", names=words("store|store id|store_id|home store|preferred store|门店|归属门店|所属门店|开卡门店")),
    Field("joined_on", Type.DATE, example="2023-11-02", names=words("joined|join date|signup date|registered|registration date|member since|入会日期|注册日期|开卡日期|注册时间")),
    Field("joined_through", length_max=80, example="in store", names=words("source|signup source|join channel|来源|入会渠道|注册渠道")),
    Field("lifestyle", length_max=80, names=words("life style|生活方式")),
    Field("preferred_channel", length_max=40, example="sms", names=words("contact channel|channel preference|偏好渠道|联系偏好")),
    Field("tags", length_max=2000, example="tea;morning", names=words("tag|labels|标签|会员标签")),
    Field("consent", length_max=200, names=words("opt-in|opt in|marketing consent|consent|授权同意|营销授权|是否同意")),
)  # fmt: skip

_DISCOUNT_NAMES = {
    "loyalty_price": "retail_disc|retail discount|member discount|loyalty discount|会员价优惠|会员优惠",
    "promotion": "discount|promo discount|promotion discount|促销优惠|优惠金额|折扣|优惠",
    "coupon": "coupon_disc|coupon discount|coupon|优惠券|优惠券金额|券优惠",
    "coupon_match": "coupon_match_disc|coupon match discount|券配套优惠",
    "points": "points discount|points redeemed|积分抵扣|积分抵扣金额",
    "employee": "employee discount|staff discount|员工优惠|员工折扣",
    "manual": "manual discount|price override|手工优惠|手工折扣|改价优惠",
}
DISCOUNT_KINDS = tuple(_DISCOUNT_NAMES)

_LINES = (
    Field("receipt_id", Type.CODE, required=True, length_max=120, example="R-000123", names=words("receipt|receipt no|receipt number|basket|basket id|basket_id|transaction|transaction id|order|order id|order no|invoice no|ticket|小票号|小票编号|小票|单号|订单号|流水号|交易号")),
    Field("store", Type.CODE, required=True, length_max=64, example="SH-001", names=words("store|store code|store id|store_id|store no|shop|shop code|门店|门店编号|门店编码|门店代码|店号")),
    Field("sold_at", Type.DATETIME, required=True, example="2026-03-14 18:25:07", names=words("sold at|date|time|datetime|timestamp|transaction_timestamp|transaction time|transaction date|sale date|sale time|order date|日期|时间|交易时间|销售时间|销售日期|下单时间|消费时间")),
    Field("line_no", Type.INTEGER, negative=False, example="1", names=words("line|line no|line number|position|行号|序号")),
    Field("product", Type.CODE, required=True, length_max=64, example="690001", names=words("product id|product_id|product code|sku|item|item no|article|商品|商品编码|商品编号|货号|商品代码")),
    Field("quantity", Type.QUANTITY, target="quantity_milli", example="2", names=words("qty|units|pieces|count|数量|件数|销售数量")),
    Field("gross_amount", Type.AMOUNT, example="11.00", names=words("gross|gross amount|gross sales|list amount|原价金额|应收金额|吊牌金额|标价金额")),
    Field("net_amount", Type.AMOUNT, names=words("net|net amount|net sales|sales_value|sales value|销售净额|净额|净销售额")),
    Field("paid_amount", Type.AMOUNT, example="10.00", names=words("paid|paid amount|amount|total|line total|金额|实付金额|实收金额|实付|销售金额|成交金额")),
    *(
        Field(f"discount.{kind}", Type.AMOUNT, negative=False, target=f"discount_{kind}", names=words(f"discount_{kind}|{names}"),
              example="1.00" if kind == "promotion" else "")
        for kind, names in _DISCOUNT_NAMES.items()
    ),
    Field("customer", Type.CODE, length_max=200, example="C-10023", names=words("customer id|customer_id|member|member id|member no|household|household id|household_id|card no|loyalty card|phone|mobile|顾客|会员|会员号|会员卡号|会员编号|手机号|手机号码|卡号")),
    Field("till", Type.CODE, length_max=40, example="3", names=words("till|register|pos|terminal|lane|收银台|收银机|收银机号|款台")),
    Field("cashier", length_max=80, example="1007", names=words("operator|sales person|associate|clerk|收银员|营业员|导购")),
    Field("channel", Type.CHOICE, choices=_CHANNELS, example="store", names=words("sales channel|order channel|渠道|销售渠道")),
    Field("currency", Type.CODE, length_max=3, example="CNY", names=words("currency code|币种|货币")),
    Field("tender", Type.CHOICE, choices=_TENDERS, example="cash", names=words("payment|payment method|payment type|pay type|支付方式|付款方式|收款方式")),
)  # fmt: skip
_ORIGINAL = (
    Field("original_receipt_id", Type.CODE, length_max=120, names=words("original receipt|original receipt no|original order|原小票号|原单号|原订单号")),
    Field("original_line_no", Type.INTEGER, negative=False, names=words("original line|original line no|原行号")),
)  # fmt: skip
_KIND = Field(
    "kind", Type.CHOICE, choices=_RECEIPT_KINDS, names=words("type|receipt type|transaction type|类型|单据类型|交易类型")
)

BALANCES = (
    Field("external_id", Type.CODE, length_max=200, example="C-10023", names=words("customer|customer id|customer_id|member id|member_id|member no|id|会员号|会员编号|会员id|顾客编号|客户编号")),
    Field("phone", Type.CODE, length_max=40, names=words("mobile|mobile phone|phone number|手机|手机号|手机号码|电话")),
    Field("email", Type.CODE, length_max=200, names=words("e-mail|mail|email address|邮箱|电子邮箱")),
    Field("card", Type.CODE, length_max=64, names=words("card no|card number|member card|loyalty card|会员卡号|卡号|会员卡")),
    Field("unit", Type.CODE, required=True, length_max=64, example="points", names=words("account|balance type|kind|type|账户|账户类型|余额类型|单位|类型")),
    Field("balance", Type.QUANTITY, required=True, negative=False, target="balance_milli", example="1250", names=words("amount|points|value|remaining|余额|积分余额|剩余|剩余积分|储值余额|积分")),
    Field("earned_on", Type.DATE, example="2025-06-18", names=words("earned|earned at|date|topped up on|获得日期|充值日期|日期")),
    Field("valid_through", Type.DATE, example="2027-06-30", names=words("expires|expires on|expiry|expiry date|expiration date|valid until|到期日|有效期至|失效日期|过期日期")),
    Field("lot", Type.CODE, length_max=100, names=words("lot id|batch|entry id|reference|批次|流水号|批次号")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: its fields, and the groups of which a row needs at least one."""

    key: str
    fields: tuple[Field, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    has_custom: bool = False  # whether `custom.<key>` columns are taken as well
    are_receipts: bool = False

    def find(self, key: str) -> Field | None:
        """Return the field called `key`, or none."""
        if self.has_custom and key.startswith("custom."):
            return Field(key, length_max=1000)
        return next((field for field in self.fields if field.key == key), None)


_ANY_AMOUNT = (("gross_amount", "net_amount", "paid_amount"),)
KINDS = {
    kind.key: kind
    for kind in (
        Kind("stores", STORES),
        Kind("products", PRODUCTS),
        Kind("customers", CUSTOMERS, one_of=(("external_id", "phone", "email", "card"),), has_custom=True),
        Kind("receipts", (*_LINES, _KIND, *_ORIGINAL), one_of=_ANY_AMOUNT, are_receipts=True),
        Kind("balances", BALANCES, one_of=(("external_id", "phone", "email", "card"),)),
        Kind("returns", (*_LINES, *_ORIGINAL), one_of=_ANY_AMOUNT, are_receipts=True),
    )
}
